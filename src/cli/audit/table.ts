export type Align = 'left' | 'right';

export interface Column {
  readonly title: string;
  readonly align?: Align;
}

/** Rows as aligned text, two spaces between columns. */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const widths = columns.map(({ title }, place) => Math.max(title.length, ...rows.map((row) => (row[place] ?? '').length)));
  const line = (cells: readonly string[]) =>
    columns
      .map(({ align }, place) => {
        const cell = cells[place] ?? '';
        return align === 'right' ? cell.padStart(widths[place] as number) : cell.padEnd(widths[place] as number);
      })
      .join('  ')
      .trimEnd();
  return `${[line(columns.map(({ title }) => title)), line(widths.map((width) => '─'.repeat(width))), ...rows.map(line)].join('\n')}\n`;
}

/** A time as people and programs both read it: ISO 8601, UTC. */
export function shownTime(time: number): string {
  return new Date(time).toISOString().replace('T', ' ').replace('Z', '');
}
