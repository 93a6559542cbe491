/** A family of Prometheus' text format, as a strict reader sees it. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
// Values are what Go's ParseFloat takes, and it takes NaN in any case: prom-client writes Nan.
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)\\})? ([+-]?(?:\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|Inf)|[Nn]a[Nn])$`);

/**
 * Reads the text format of version 0.0.4 as `promtool check metrics` does: HELP and TYPE before the samples of a
 * family, each family once and in one piece, no sample twice, histograms cumulative. Throws at the first fault.
 */
export function readExposition(text: string): readonly Family[] {
  if (!text.endsWith('\n')) throw new Error('the last line does not end');
  const families: (Family & { readonly samples: Sample[] })[] = [];
  const seen = new Set<string>();
  let help: readonly [name: string, text: string] | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    if (line === '') continue;
    const [, comment, name = '', rest = ''] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (comment === 'HELP') help = [name, rest];
    else if (comment === 'TYPE') {
      if (help?.[0] !== name) throw new Error(`TYPE of ${name} does not follow its HELP`);
      if (!/^(counter|gauge|histogram|summary|untyped)$/.test(rest)) throw new Error(`${name} is a ${rest}`);
      if (families.some((family) => family.name === name)) throw new Error(`${name} comes twice`);
      families.push({ name, type: rest, help: help[1], samples: [] });
    } else {
      const sample = sampleOf(line);
      const family = families.at(-1);
      if (family === undefined || !mayHold(family, sample.name)) throw new Error(`${sample.name} stands outside its family`);
      const identity = `${sample.name} ${JSON.stringify(Object.entries(sample.labels).sort())}`;
      if (seen.has(identity)) throw new Error(`${identity} comes twice`);
      seen.add(identity);
      family.samples.push(sample);
    }
  }
  for (const family of families) if (family.type === 'histogram') checkHistogram(family);
  return families;
}

function sampleOf(line: string): Sample {
  const [, name, labels = '', value] = SAMPLE.exec(line) ?? [];
  if (name === undefined || value === undefined) throw new Error(`no sample: ${line}`);
  const pairs = [...labels.matchAll(new RegExp(LABEL, 'g'))].map(([pair]) => pair.split('=') as [string, string]);
  return {
    name,
    labels: Object.fromEntries(pairs.map(([label, quoted]) => [label, quoted.slice(1, -1)])),
    value: value.endsWith('Inf') ? Number(value.replace('Inf', 'Infinity')) : Number(value),
  };
}

function mayHold({ name, type }: Family, sample: string): boolean {
  if (type === 'histogram') return [`${name}_bucket`, `${name}_sum`, `${name}_count`].includes(sample);
  if (type === 'summary') return [name, `${name}_sum`, `${name}_count`].includes(sample);
  return sample === name;
}

function checkHistogram({ name, samples }: Family): void {
  const series = new Map<string, Sample[]>();
  for (const sample of samples) {
    const { le: _, ...others } = sample.labels;
    const key = JSON.stringify(Object.entries(others).sort());
    series.set(key, [...(series.get(key) ?? []), sample]);
  }
  for (const [key, all] of series) {
    const buckets = all.filter((sample) => sample.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels: { le = '' } }) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le)));
    const rises = (values: readonly number[]) => values.every((value, at) => at === 0 || value >= (values[at - 1] as number));
    if (!rises(bounds) || bounds.at(-1) !== Number.POSITIVE_INFINITY) throw new Error(`${name}${key}: its bounds do not rise to +Inf`);
    if (!rises(buckets.map(({ value }) => value))) throw new Error(`${name}${key}: its buckets are not cumulative`);
    const count = all.find((sample) => sample.name === `${name}_count`);
    if (count?.value !== buckets.at(-1)?.value) throw new Error(`${name}${key}: its count is not its last bucket`);
    if (!all.some((sample) => sample.name === `${name}_sum`)) throw new Error(`${name}${key}: it has no sum`);
  }
}
