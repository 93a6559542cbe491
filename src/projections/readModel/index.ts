export { readView, readViewText, UnknownQuestion } from './query';
export { ReadModel } from './readModel';
export { standingOf } from './standing';
export { foldVersions } from './versions';
