export { type HubOptions, type Retell, StreamHub } from './hub';
export { type StreamOptions, streamRoutes } from './routes';
