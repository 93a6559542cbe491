/** Plain text tables: the first column to the left, numbers to the right. */
export function table(title: string, header: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [header, ...rows];
  const widths = header.map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] as number) : cell.padStart(widths[column] as number)))
      .join('  ')
      .trimEnd();
  return [title, line(header), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line), ''].join('\n');
}

/** Whole dollars with thousands separators, rounded half up, for tables; exact amounts are printed with `exact`. */
export function dollars(micro: bigint): string {
  const whole = ((micro < 0n ? -micro : micro) + 500_000n) / 1_000_000n;
  const sign = micro < 0n && whole > 0n ? '-' : '';
  return `${sign}${whole.toString().replace(/\B(?=(\d{3})+$)/g, ',')}`;
}

export function exact(micro: bigint): string {
  const sign = micro < 0n ? '-' : '';
  const digits = (micro < 0n ? -micro : micro).toString().padStart(7, '0');
  return `${sign}${digits.slice(0, -6).replace(/\B(?=(\d{3})+$)/g, ',')}.${digits.slice(-6)}`;
}

export function percent(part: bigint, whole: bigint): string {
  if (whole === 0n) return '-';
  const tenths = (part * 1000n + whole / 2n) / whole;
  return `${tenths / 10n}.${tenths % 10n} %`;
}

export const utc = (time: number): string => `${new Date(time).toISOString().slice(5, 16).replace('T', ' ')}`;
