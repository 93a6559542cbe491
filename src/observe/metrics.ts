import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { DurableTimes } from './durableTimes';
import type { NodeFigures } from './health';

const MICRO_USD = 1e-6;
const STATUSES = ['ACCEPTED', 'REJECTED', 'DUPLICATE'] as const;

const usd = (units: number | bigint) => Number(units) * MICRO_USD;

type Figure = (figures: NodeFigures) => number | undefined;

const GAUGES: readonly (readonly [name: string, help: string, figure: Figure])[] = [
  ['bulkhead_seq', 'seq of the last command executed.', ({ seq }) => seq],
  ['bulkhead_durable_seq', 'seq of the last command that is durable.', ({ durableSeq }) => durableSeq],
  ['bulkhead_pending_bytes', 'Bytes of records handed over and not yet durable.', ({ pendingBytes }) => pendingBytes],
  ['bulkhead_blocks', 'Isolated blocks alive.', ({ blocks }) => blocks],
  ['bulkhead_insurance_usd', 'Cash of the insurance fund in USD.', ({ insurance }) => usd(insurance)],
  ['bulkhead_deficit_usd', 'What is recorded as deficit in USD.', ({ deficit }) => usd(deficit)],
  ['bulkhead_input_lag', 'Messages of the partition of this shard not yet read.', ({ inputLag }) => inputLag],
  ['bulkhead_streams_open', 'Clients connected to /v1/stream.', ({ streams }) => streams],
];

/**
 * The metrics of a node for Prometheus (ARCHITECTURE.md, "Metrics"). They cost nothing between
 * scrapes: figures are asked for then. A figure that is not known has no sample.
 */
export class NodeMetrics {
  readonly durable = new DurableTimes();
  private readonly registry = new Registry();
  private current: NodeFigures | undefined;

  constructor(private readonly figures: () => NodeFigures | undefined) {
    for (const [name, help, figure] of GAUGES) this.addGauge(name, help, figure);
    this.addCommands();
    this.addLiquidations();
    this.addDurable();
    collectDefaultMetrics({ register: this.registry });
  }

  get contentType(): string {
    return this.registry.contentType;
  }

  /** All metrics in Prometheus' text format. */
  text(): Promise<string> {
    // One reading for all: every collector below runs before this call returns its promise.
    this.current = this.figures();
    return this.registry.metrics();
  }

  private addGauge(name: string, help: string, figure: Figure): void {
    const value = () => (this.current === undefined ? undefined : figure(this.current));
    new Gauge({
      name,
      help,
      registers: [this.registry],
      collect() {
        const known = value();
        if (known === undefined) this.remove();
        else this.set(known);
      },
    });
  }

  private addCommands(): void {
    const commands = () => this.current?.commands;
    new Counter({
      name: 'bulkhead_commands_total',
      help: 'Commands executed, by what became of them.',
      labelNames: ['status'],
      registers: [this.registry],
      collect() {
        this.reset();
        for (const status of STATUSES) this.inc({ status }, commands()?.[status] ?? 0);
      },
    });
  }

  private addLiquidations(): void {
    const liquidations = () => this.current?.liquidations;
    new Counter({
      name: 'bulkhead_liquidations_total',
      help: 'Blocks and cross accounts liquidated.',
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(liquidations() ?? 0);
      },
    });
  }

  private addDurable(): void {
    const { durable } = this;
    const name = 'bulkhead_durable_seconds';
    const help = 'Seconds from execution to durable.';
    const histogram = new Histogram({ name, help, buckets: [...durable.bounds], registers: [] });
    const sample = (metricName: string, value: number, labels: { le?: number | string } = {}) => ({ metricName, value, labels });
    // What the registry asks a histogram for, told from our own counts instead of its own.
    Object.assign(histogram, {
      getForPromString: async () => {
        const counts = durable.cumulative();
        const all = counts.at(-1) as number;
        return {
          name,
          help,
          type: 'histogram',
          values: [
            ...durable.bounds.map((le, at) => sample(`${name}_bucket`, counts[at] as number, { le })),
            sample(`${name}_bucket`, all, { le: '+Inf' }),
            sample(`${name}_sum`, durable.sum),
            sample(`${name}_count`, all),
          ],
        };
      },
    });
    this.registry.registerMetric(histogram);
  }
}
