export { Access, type AccessRefusal, type Caller, sayAccessRefusal } from './access';
export { KeyFileUnreadable, KeyRing, newKey, readKeys, writeKeys } from './keyFile';
export { RateLimit } from './rateLimit';
export { isScope, type Scope, scopeNeeded } from './scopes';
