export { type HttpOptions, HttpServer } from './server';
