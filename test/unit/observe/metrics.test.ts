import { DurableTimes, type NodeFigures, NodeMetrics } from '../../../src/observe';
import { textOf } from '../../support/compose/composeFile';
import { type Family, readExposition } from '../../support/metrics/exposition';
import { figures } from '../../support/metrics/figures';

const familiesOf = async (metrics: NodeMetrics): Promise<readonly Family[]> => readExposition(await metrics.text());

/** The samples of ours, by name and labels. */
async function samplesOf(metrics: NodeMetrics): Promise<Record<string, number>> {
  const samples = (await familiesOf(metrics)).flatMap((family) => family.samples).filter(({ name }) => name.startsWith('bulkhead_'));
  return Object.fromEntries(samples.map(({ name, labels, value }) => [[name, ...Object.values(labels)].join(' '), value]));
}

/** The first column of the table of ARCHITECTURE.md, "Metrics": name, labels, type. */
function documented(): { readonly name: string; readonly labels: string; readonly type: string }[] {
  const section = textOf('ARCHITECTURE.md').split('\n## Metrics\n')[1]?.split('\n## ')[0] ?? '';
  return section.split('\n').flatMap((line) => {
    const [, names = '', type = ''] = line.split('|').map((cell) => cell.trim());
    return [...names.matchAll(/`([a-z_]+)(…|\{[a-z,]+\})?`/g)].map(([, name = '', labels = '']) => ({ name, labels, type }));
  });
}

describe('the metrics of a node', () => {
  test('are the figures that it gives', async () => {
    const metrics = new NodeMetrics(() => figures);
    metrics.durable.observe(0.003, 5);
    expect(await samplesOf(metrics)).toMatchObject({
      bulkhead_seq: 120,
      bulkhead_durable_seq: 117,
      'bulkhead_commands_total ACCEPTED': 100,
      'bulkhead_commands_total REJECTED': 20,
      'bulkhead_commands_total DUPLICATE': 3,
      bulkhead_pending_bytes: 4096,
      bulkhead_blocks: 7,
      bulkhead_liquidations_total: 2,
      bulkhead_insurance_usd: 1234.56789,
      bulkhead_deficit_usd: 0,
      bulkhead_input_lag: 9,
      bulkhead_streams_open: 4,
      'bulkhead_durable_seconds_bucket 0.002': 0,
      'bulkhead_durable_seconds_bucket 0.005': 5,
      'bulkhead_durable_seconds_bucket +Inf': 5,
      bulkhead_durable_seconds_sum: 0.015,
      bulkhead_durable_seconds_count: 5,
    });
  });

  test('follow the node from scrape to scrape', async () => {
    let current: NodeFigures | undefined;
    const metrics = new NodeMetrics(() => current);
    const before = await samplesOf(metrics);
    expect(before).toMatchObject({ bulkhead_liquidations_total: 0, bulkhead_durable_seconds_count: 0 });
    // No state yet is not an empty state.
    expect(Object.keys(before)).not.toContain('bulkhead_seq');
    current = { ...figures, inputLag: undefined };
    const first = await samplesOf(metrics);
    expect(first.bulkhead_seq).toBe(120);
    expect(Object.keys(first)).not.toContain('bulkhead_input_lag');
    current = { ...figures, seq: 121, commands: { ...figures.commands, ACCEPTED: 101 }, liquidations: 3 };
    expect(await samplesOf(metrics)).toMatchObject({
      bulkhead_seq: 121,
      'bulkhead_commands_total ACCEPTED': 101,
      bulkhead_liquidations_total: 3,
      bulkhead_input_lag: 9,
    });
  });

  test('are those that ARCHITECTURE.md lists, with type and labels, and no others', async () => {
    const families = await familiesOf(new NodeMetrics(() => figures));
    const rows = documented();
    const groups = rows.filter(({ labels }) => labels === '…');
    const single = rows.filter(({ labels }) => labels !== '…');
    expect(groups.map(({ name }) => name)).toEqual(['process_', 'nodejs_']);
    const shown = families.map(({ name, type, samples }) => {
      const labels = [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))].filter((label) => label !== 'le');
      return { name, type, labels: labels.length === 0 ? '' : `{${labels.join(',')}}` };
    });
    expect(shown).toEqual(expect.arrayContaining(single));
    const undocumented = shown.filter(
      ({ name }) => !single.some((row) => row.name === name) && !groups.some((group) => name.startsWith(group.name)),
    );
    expect(undocumented).toEqual([]);
  });

  test('are all that the dashboard asks for', async () => {
    const samples = (await familiesOf(new NodeMetrics(() => figures))).flatMap((family) => family.samples.map(({ name }) => name));
    const dashboard = textOf('deploy/grafana/dashboards/bulkhead.json');
    const asked = [...new Set(dashboard.match(/\b(bulkhead|process|nodejs)_[a-z_]+/g))];
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((name) => !samples.includes(name))).toEqual([]);
  });

  test('have names as Prometheus wants them', async () => {
    const families = (await familiesOf(new NodeMetrics(() => figures))).filter(({ name }) => name.startsWith('bulkhead_'));
    for (const { name, type, help } of families) {
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      expect(help).toMatch(/\.$/);
    }
  });
});

describe('times to durable', () => {
  test('fall into the bucket whose bound they do not pass', () => {
    const times = new DurableTimes();
    times.observe(0);
    times.observe(0.0005, 2);
    times.observe(0.00051, 3);
    times.observe(10, 4);
    times.observe(11, 5);
    const counts = times.cumulative();
    expect(counts).toHaveLength(times.bounds.length + 1);
    expect([counts[0], counts[1], counts.at(-2), counts.at(-1)]).toEqual([3, 6, 10, 15]);
    expect(times.sum).toBeCloseTo(0.001 + 0.00153 + 40 + 55);
  });
});

describe('the reader of the text format', () => {
  const head = '# HELP a A.\n# TYPE a';
  const faults: readonly [string, string][] = [
    [`${head} gauge\na 1`, 'the last line does not end'],
    ['a 1\n', 'a stands outside its family'],
    ['# TYPE a gauge\na 1\n', 'TYPE of a does not follow its HELP'],
    [`${head} gauge\na 1\na 2\n`, 'comes twice'],
    [`${head} gauge\na 1\n${head} gauge\n`, 'a comes twice'],
    [`${head} gouge\n`, 'a is a gouge'],
    [`${head} gauge\na{b=c} 1\n`, 'no sample'],
    [`${head} gauge\na one\n`, 'no sample'],
    [`${head} histogram\na_bucket{le="1"} 2\na_bucket{le="+Inf"} 1\na_sum 1\na_count 1\n`, 'not cumulative'],
    [`${head} histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\n`, 'do not rise to +Inf'],
    [`${head} histogram\na_bucket{le="+Inf"} 1\na_sum 1\na_count 2\n`, 'its count is not its last bucket'],
    [`${head} histogram\na_bucket{le="+Inf"} 1\na_count 1\n`, 'it has no sum'],
  ];
  test.each(faults)('refuses %j', (text, fault) => {
    expect(() => readExposition(text)).toThrow(fault);
  });
});
