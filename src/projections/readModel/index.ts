export { readMarked, readView, readViewText, UnknownQuestion } from './query';
export { ReadModel } from './readModel';
export { standingOf } from './standing';
export { rowText, type StandingRows, type ToldRows, type TopicRow, toldRows } from './topicRows';
export { foldVersions } from './versions';
