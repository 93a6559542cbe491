export { type HubOptions, StreamHub } from './hub';
export { type StreamOptions, streamRoutes } from './routes';
