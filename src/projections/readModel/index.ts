export { readView, UnknownQuestion } from './query';
export { ReadModel, SeqGap } from './readModel';
export { foldVersions } from './versions';
