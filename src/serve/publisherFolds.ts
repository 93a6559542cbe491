import type { FoldKeeper } from '../bus/port';
import type { EngineNode } from '../runtime/node';

/** What the publisher has folded, in files beside the engine's snapshots; undefined where the node keeps none. */
export function publisherFolds({ journal, snapshots }: EngineNode): FoldKeeper | undefined {
  const kept = snapshots?.beside('publisher');
  if (kept === undefined) return undefined;
  return {
    newest: async (upTo) => {
      await kept.removeUnfinished();
      const { snapshot } = await kept.newestValid(journal, upTo.seq);
      return snapshot === null || snapshot.revision > upTo.revision ? undefined : snapshot;
    },
    keep: async ({ revision, seq, content }) => {
      await kept.write(journal.meta, { revision, seq, chainHash: await journal.chainHash(seq), content });
    },
  };
}
