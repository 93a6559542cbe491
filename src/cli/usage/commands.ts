import { settingsHelp } from '../../config';
import { auditCommands } from './auditCommands';
import type { Usage } from './usage';

const PACKING = [
  '--eventstore-packing P',
  'events (default): one event for each domain event; frame: whole records, many times faster',
] as const;
const KEY_FILE = ['--file FILE', 'the file that serve gets as --api-keys'] as const;

/** Every command, in the order of the overview. */
export const commands: readonly Usage[] = [
  {
    name: 'run',
    takes: '[FILE] [--data DIR]',
    does: 'Execute commands, a line of JSON each, and write a result for each to stdout.',
    more: 'FILE is plain or .gz; - or none is stdin. Without --data or --eventstore nothing is kept.',
    options: [
      ['--data DIR', 'keep a durable journal there, or continue the one that is there'],
      ['--eventstore URL', 'keep it in an EventStoreDB instead, in the stream bulkhead-SHARD'],
      PACKING,
      ['--eventstore-stream S', 'another stream than bulkhead-SHARD'],
      ['--snapshots DIR', 'with --eventstore: snapshots as files, so that a start reads only what came after'],
      [
        '--kafka BROKERS',
        'publish the journal to Kafka as serve does and end when all is out; the other --kafka-… flags and --shards are those of serve',
      ],
      ['--quiet', 'write no results'],
      ['--state', 'write the state and its hash at the end'],
      ['--shard N', 'the shard of a new engine (default 0)'],
      ['--command-memory N', 'commandIds that a new engine remembers (default 1000000)'],
      ['--snapshot-every N', 'commands between snapshots of a durable engine (default 1000000); one is left at the end'],
    ],
    example: 'bulkhead run examples/life.jsonl --data data/life',
  },
  {
    name: 'serve',
    takes: '[--data DIR] [--port N] [...]',
    does: 'Run a node: engine, journal, HTTP, stream and dashboard, with Kafka and EventStoreDB or without.',
    more: 'One shard, until SIGTERM or SIGINT; the second signal ends it at once.',
    options: [],
    alsoTakes: { text: 'bulkhead serve --help lists its settings, bulkhead serve --print-config shows them.', flags: settingsHelp },
    example: 'bulkhead serve --data data/venue',
  },
  ...auditCommands,
  {
    name: 'keys create',
    takes: '--file FILE --name NAME --scope SCOPE',
    does: 'Make an API key. It is shown this once: the file has its hash alone.',
    options: [
      KEY_FILE,
      ['--name NAME', 'whose it is, for people'],
      ['--scope SCOPE', 'what it may: read, trade:ACCOUNT, trade:*, oracle, admin; may be repeated'],
      ['--days N', 'it ends after so many days; default: never'],
    ],
    example: 'bulkhead keys create --file data/keys.json --name "bot of alice" --scope trade:alice --scope read --days 90',
  },
  {
    name: 'keys list',
    takes: '--file FILE',
    does: 'List the keys of a file without what opens, one object a line.',
    options: [KEY_FILE],
    example: 'bulkhead keys list --file data/keys.json',
  },
  {
    name: 'keys revoke',
    takes: 'ID --file FILE',
    does: 'End a key. A node that runs takes notice within a second.',
    options: [KEY_FILE],
    example: 'bulkhead keys revoke 3f1c9a --file data/keys.json',
  },
  {
    name: 'journal copy',
    takes: '--from PLACE --to PLACE',
    does: 'Move a journal between a directory and an EventStoreDB: same seqs, ids and hashes.',
    more: 'It ends by closing the old one, which takes no more commands.',
    options: [
      ['--from PLACE', 'a directory, or esdb://…'],
      ['--to PLACE', 'the same'],
      ['--shard N', 'the shard of the stream (default 0)'],
      ['--from-stream S', 'another stream than bulkhead-SHARD'],
      ['--to-stream S', 'the same'],
      PACKING,
    ],
    example: "bulkhead journal copy --from data/venue --to 'esdb://127.0.0.1:2113?tls=false'",
  },
  {
    name: 'projections',
    actions: ['install', 'check', 'remove'],
    takes: '--eventstore URL',
    does: "Install the store's own projections: a state for each isolated block (up to 50,000 live ones).",
    options: [
      ['--eventstore URL', 'the store, started with --run-projections=All'],
      ['--shard N', 'the shard whose stream they read (default 0)'],
      ['--enable-by-category', 'also enable $by_category on the server, which stage 2 needs'],
    ],
    example: "bulkhead projections install --eventstore 'esdb://127.0.0.1:2113?tls=false' --enable-by-category",
  },
  {
    name: 'bench',
    takes: '[NAME...] [--json]',
    does: 'Run the benchmarks on this machine.',
    more: 'NAME: matching, marks, replay, latency, projections, stream, store, kafka; default: all. Each round is a process of its own.',
    options: [
      ['--json', 'one object per benchmark and variant'],
      ['--rounds N', 'rounds of every variant (default 5)'],
      ['--commands N', 'the size of the workloads (default 1000000)'],
      ['--blocks N', 'open blocks (default 1000000)'],
      ['--rate N', 'commands offered a second, of latency (default 50000)'],
      ['--subscribers N', 'of stream (default 1000)'],
      ['--changes N', 'changes a second, of stream (default 1000)'],
      ['--variants A,B', 'these variants alone'],
      ['--eventstore URL', 'the server that store measures; without: SKIPPED'],
      ['--kafka BROKERS', 'the servers that kafka measures; without: SKIPPED'],
    ],
    example: 'bulkhead bench matching --commands 100000 --rounds 1',
  },
];
