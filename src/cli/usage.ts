/** Wrong usage: exit code 2 (contract.md, "Command line"). */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const USAGE = `bulkhead: an event-sourced matching and risk engine for perpetual futures

  bulkhead run [FILE] [--data DIR]   execute commands (JSON lines; a file, plain or .gz, or stdin), results on stdout
      --data DIR             keep a durable journal there, or continue the one that is there
      --eventstore URL       keep it in an EventStoreDB instead, in the stream bulkhead-SHARD
      --eventstore-packing P events (default): one event for each domain event; frame: whole records, many times faster
      --eventstore-stream S  another stream than bulkhead-SHARD
      --snapshots DIR        with --eventstore: snapshots as files, so that a start reads only what came after
      --kafka BROKERS        publish it to Kafka as serve does, from --data or --eventstore, and end when all is out
                             (with serve's --kafka-... and --shards; the commands still come from FILE)
      --quiet                write no results
      --state                write the state and its hash at the end
      --shard N              the shard of a new engine (default 0)
      --command-memory N     commandIds a new engine remembers (default 1000000)
      --snapshot-every N     commands between snapshots of a durable engine (default 1000000); one is left at the end
  bulkhead serve [...]               one shard's node, on the embedded journal or an EventStoreDB, with Kafka or without
                                     (bulkhead serve --help lists its settings, --print-config shows them)
  bulkhead keys create --file FILE --name NAME --scope SCOPE [--scope SCOPE...] [--days N]
                                     a new API key, shown once; SCOPE: read, trade:ACCOUNT, trade:*, oracle, admin
  bulkhead keys list --file FILE     the keys without what opens, one object a line
  bulkhead keys revoke --file FILE ID
  bulkhead journal copy --from PLACE --to PLACE
                                     move a journal between a directory and an EventStoreDB (esdb://...): same seqs, same chain
      --shard N, --from-stream S, --to-stream S, --eventstore-packing P     of the stream, as for run
  bulkhead audit verify [...]        prove a journal, on a directory or an EventStoreDB
                                     (bulkhead audit --help lists the verbs and their options)
  bulkhead bench [NAME...]           the benchmarks on this machine
      --json                 one object per benchmark and variant
      --rounds N             rounds of every variant, each in a fresh process (default 5)
      --commands N, --blocks N, --rate N, --variants A,B     smaller sizes, chosen variants
      --eventstore URL, --kafka BROKERS                      the servers that "store" and "kafka" measure; without: SKIPPED
  bulkhead projections install|check|remove --eventstore URL
                                     the store's own projections: a state for each isolated block (up to 50,000 live ones)
      --shard N              the shard whose stream they read (default 0)
      --enable-by-category   also enable $by_category on the server, which stage 2 needs
  bulkhead help | --version

Exit codes: 0 fine, 1 a line was no command or something failed, 2 wrong usage, 128 + N stopped by signal N.
`;
