export const AUDIT_USAGE = `bulkhead audit VERB --data DIR [--json]
bulkhead audit VERB --eventstore URL --mirror DIR [--eventstore-stream S] [--shard N] [--json]

All verbs only read: they take no lock and work beside a running node. An EventStoreDB is read through a local mirror.

  verify                 everything that can be compared: blocks, records, chain, replay, re-execution, invariants, the
                         independent decimal model; names the first difference
      --anchor SEQ:HASH      a hash of the chain that was kept elsewhere (may be repeated)
      --checkpoint FILE      signed checkpoints, with --public-key FILE (Ed25519, PEM)
      --quick                without the decimal model; the report says so

  checkpoint             signs where the chain stands: one JSON line for an outsider to keep
      --key FILE             Ed25519 private key, PEM (openssl genpkey -algorithm ed25519 -out FILE)
      --at SEQ               default: the last command

Exit codes: 0 nothing differs, 1 a difference or a failure, 2 wrong usage.
`;
