import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';
import { openApi } from '../schemas/openapi';

/** The page's own scripts and styles alone, which sets styles in its elements too; requests go to this node. */
const CONTENT_SECURITY =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** `/openapi.json`: what this node answers; `/openapi`: the same as a page on which each path can be tried. */
export async function openApiRoutes(app: FastifyInstance): Promise<void> {
  // Paths are tried on the node that the page came from, whatever its address.
  const document = { ...openApi(), servers: [{ url: '/' }] };
  await app.register(swagger, { mode: 'static', specification: { document: document as never } });
  await app.register(swaggerUi, {
    routePrefix: '/openapi',
    staticCSP: CONTENT_SECURITY,
    theme: { title: 'Bulkhead: HTTP' },
    uiConfig: { deepLinking: true, docExpansion: 'list', validatorUrl: null, defaultModelsExpandDepth: 0 } as object,
  });
  app.get('/openapi.json', async () => document);
}
