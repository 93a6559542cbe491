export { Access, isLoopback, isScope, KeyFileUnreadable, KeyRing, newKey, RateLimit, readKeys, type Scope, writeKeys } from './access';
export { type Answered, commandRoutes, type PreviewCommand, type TakeCommand } from './commandRoutes';
export { dashboardRoutes } from './dashboardRoutes';
export { journalRoutes } from './journalRoutes';
export { openApiRoutes } from './openApiRoutes';
export { type HttpOptions, HttpServer } from './server';
export { type HubOptions, type Retell, StreamHub, streamRoutes } from './stream';
export { viewRoutes } from './viewRoutes';
