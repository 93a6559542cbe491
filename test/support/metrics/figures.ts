import type { NodeFigures } from '../../../src/observe';

export const figures: NodeFigures = {
  seq: 120,
  durableSeq: 117,
  commands: { ACCEPTED: 100, REJECTED: 20, DUPLICATE: 3 },
  pendingBytes: 4096,
  blocks: 7,
  liquidations: 2,
  insurance: 1_234_567_890n,
  deficit: 0,
  inputLag: 9,
  streams: 4,
};
