export const AUDIT_USAGE = `bulkhead audit VERB --data DIR [--json]
bulkhead audit VERB --eventstore URL --mirror DIR [--eventstore-stream S] [--shard N] [--json]

All verbs but archive and mirror only read: they take no lock and work beside a running node. What they keep for the next question lies in
DIR/audit-states and can be deleted at any time. An EventStoreDB is read through a local mirror.

  verify                 everything that can be compared: blocks, records, chain, replay, re-execution, invariants, the
                         independent decimal model; names the first difference
      --anchor SEQ:HASH      a hash of the chain that was kept elsewhere (may be repeated)
      --checkpoint FILE      signed checkpoints, with --public-key FILE (Ed25519, PEM)
      --kafka BROKERS        the signed checkpoints of the topic bulkhead.checkpoints.v1 (and the other --kafka-… flags of serve)
      --quick                without the decimal model; the report says so

  state                  the views as they stood
      --at SEQ|TIME          after that command; TIME (ms since the epoch, or 2025-10-10T21:15): after the last one up to it
      --account ID           one account with its positions and orders
  explain ISOLATION_ID   the life of a block: every transfer, fill, fee, funding, leverage change and liquidation, with cash,
                         equity and liquidation price after it
  statement --account ID opening, movements and closing of an account, by currency
      --from TIME, --to TIME from (inclusive) and to (exclusive); default: all of it
  export                 the ledger as CSV, with --json as JSON lines
      --commands             instead the commands with their times, which bulkhead run takes
  whatif --terms T       the same commands under other terms: who would have been liquidated, and every account's difference;
                         T is JSON or @FILE: {"BTC-PERP": {"takerFeeRate": "0.001", "tiers": [...]}}, * for every instrument
  archive --to DIR       moves closed segments there and leaves links, so that all is read as before (--data only)
      --before SEQ           only those that end before it
  mirror                 brings the local copy of an EventStoreDB stream up to date, as every verb with --eventstore does first
  checkpoint             signs where the chain stands: one JSON line for an outsider to keep
      --key FILE             Ed25519 private key, PEM (openssl genpkey -algorithm ed25519 -out FILE)
      --at SEQ               default: the last command

Exit codes: 0 nothing differs, 1 a difference or a failure, 2 wrong usage.
`;
