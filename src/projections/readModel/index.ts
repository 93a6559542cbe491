export { readView, UnknownQuestion } from './query';
export { ReadModel } from './readModel';
export { foldVersions } from './versions';
