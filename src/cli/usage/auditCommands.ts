import type { Usage } from './usage';

/** Where an audit reads: options of every verb. */
const DATA = ['--data DIR', 'the journal, a directory; nothing in it is locked, and a node may be running on it'] as const;
const STORE = [
  ['--eventstore URL', 'the journal, a stream of an EventStoreDB, read through a local mirror'],
  ['--mirror DIR', 'with --eventstore: the mirror, brought up to date first'],
  ['--eventstore-stream S', 'another stream than bulkhead-SHARD'],
  ['--shard N', 'the shard of the stream (default 0)'],
] as const;
const JSON_OUTPUT = ['--json', 'for programs'] as const;
const PLACE = [DATA, ...STORE, JSON_OUTPUT];

const KEPT = 'States on the way are kept in DIR/audit-states for the next question; they can be deleted at any time.';

export const auditCommands: readonly Usage[] = [
  {
    name: 'audit verify',
    takes: '--data DIR [--anchor SEQ:HASH] [--quick]',
    does: 'Prove a journal: everything in it that can be compared, and where the first difference is.',
    more: 'Blocks with their CRCs, records in canonical form, hash chain, kept states, replay, re-execution, invariants, and every amount a second time by an independent decimal model.',
    options: [
      ['--anchor SEQ:HASH', 'a hash of the chain that was kept elsewhere; may be repeated'],
      ['--checkpoint FILE', 'signed checkpoints, a line of JSON each, with --public-key; may be repeated'],
      ['--public-key FILE', 'the key that checkpoints are verified with (Ed25519, PEM)'],
      ['--kafka BROKERS', 'the signed checkpoints of the topic bulkhead.checkpoints.v1; the other --kafka-… flags are those of serve'],
      ['--quick', 'without the decimal model; the report says so'],
      ...PLACE,
    ],
    example: 'bulkhead audit verify --data .bulkhead/demo',
  },
  {
    name: 'audit state',
    takes: '--data DIR [--at SEQ|TIME] [--account ID]',
    does: 'Show the views as they stood after any command, with the hash of the state.',
    more: KEPT,
    options: [
      ['--at SEQ|TIME', 'after that command; TIME (ms since the epoch, or 2025-10-10T21:15, UTC): after the last one up to it'],
      ['--account ID', 'one account with its positions and orders'],
      ...PLACE,
    ],
    example: 'bulkhead audit state --at 2025-10-10T21:15 --account trader-07672 --data .bulkhead/demo',
  },
  {
    name: 'audit explain',
    takes: 'ISOLATION_ID --data DIR',
    does: 'Tell the life of a block: each transfer, fill, fee, funding and leverage change, with what it left.',
    more: `Cash, equity and liquidation price stand behind each line. ${KEPT}`,
    options: PLACE,
    example: 'bulkhead audit explain iso-41280 --data .bulkhead/demo',
  },
  {
    name: 'audit statement',
    takes: '--account ID --data DIR [--from TIME] [--to TIME]',
    does: 'Write the statement of an account: opening, movements, closing, by currency.',
    more: KEPT,
    options: [
      ['--account ID', 'whose'],
      ['--from TIME', 'from here on (ms since the epoch, or 2025-10-10T21:15, UTC); default: the beginning'],
      ['--to TIME', 'up to here, exclusive; default: the end'],
      ...PLACE,
    ],
    example: 'bulkhead audit statement --account trader-07672 --from 2025-10-10T21:00 --to 2025-10-10T22:00 --data .bulkhead/demo',
  },
  {
    name: 'audit export',
    takes: '--data DIR [--commands]',
    does: 'Write the ledger as CSV, or with --json as JSON lines.',
    options: [['--commands', 'instead the commands with their times, which bulkhead run takes'], ...PLACE],
    example: 'bulkhead audit export --data .bulkhead/demo > ledger.csv',
  },
  {
    name: 'audit whatif',
    takes: '--terms T --data DIR',
    does: 'Run the same commands under other terms: who would have been liquidated, and what every account would have.',
    options: [['--terms T', 'JSON, or @FILE: {"BTC-PERP": {"takerFeeRate": "0.001", "tiers": [...]}}, * for every instrument'], ...PLACE],
    example: `bulkhead audit whatif --terms '{"*":{"takerFeeRate":"0.001"}}' --data .bulkhead/demo`,
  },
  {
    name: 'audit archive',
    takes: '--to DIR --data DIR [--before SEQ]',
    does: 'Move closed segments elsewhere and leave links, so that all is read as before.',
    options: [
      ['--to DIR', 'where to'],
      ['--before SEQ', 'only those that end before it'],
      ['--data DIR', 'the journal, a directory'],
      JSON_OUTPUT,
    ],
    example: 'bulkhead audit archive --to /mnt/archive --data data/venue',
  },
  {
    name: 'audit mirror',
    takes: '--eventstore URL --mirror DIR',
    does: 'Bring the local copy of an EventStoreDB stream up to date, as every verb with --eventstore does first.',
    options: [...STORE, JSON_OUTPUT],
    example: "bulkhead audit mirror --eventstore 'esdb://127.0.0.1:2113?tls=false' --mirror data/mirror",
  },
  {
    name: 'audit checkpoint',
    takes: '--key FILE --data DIR [--at SEQ]',
    does: 'Sign where the chain stands: one JSON line for an outsider to keep.',
    options: [
      ['--key FILE', 'Ed25519 private key, PEM (openssl genpkey -algorithm ed25519 -out FILE)'],
      ['--at SEQ', 'default: the last command'],
      ...PLACE,
    ],
    example: 'bulkhead audit checkpoint --key data/signer.pem --data data/venue >> checkpoints.jsonl',
  },
];
