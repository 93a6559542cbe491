export { Access, type AccessRefusal, type Caller, isLoopback, isRefusal, sayAccessRefusal } from './access';
export { KeyFileUnreadable, KeyRing, newKey, readKeys, writeKeys } from './keyFile';
export { RateLimit } from './rateLimit';
export { isScope, isTradersOwn, type Scope, scopeNeeded } from './scopes';
