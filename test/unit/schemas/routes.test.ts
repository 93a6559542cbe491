import { Access, commandRoutes, HttpServer, viewRoutes } from '../../../src/api';
import { type NodeHealth, NodeMetrics } from '../../../src/observe';
import { routes } from '../../../src/schemas/routes';

describe('openapi.json', () => {
  test('has every path that the node answers under /v1 and for its health, and no other', async () => {
    const health: NodeHealth = { status: () => ({ state: 'starting' }), figures: () => undefined };
    const { app } = new HttpServer({ health, metrics: new NodeMetrics(() => undefined), host: '127.0.0.1', port: 0 });
    const answered = new Set<string>();
    app.addHook('onRoute', ({ method, url }) => {
      if (method !== 'HEAD') answered.add(`${String(method).toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`);
    });
    app.register(viewRoutes(() => undefined));
    app.register(
      commandRoutes(
        async () => ({ kind: 'BUSY' }),
        () => undefined,
        new Access({ keys: undefined, rateLimit: undefined, clock: () => 0 }),
      ),
    );
    await app.ready();
    await app.close();
    const described = Object.entries(routes).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    );
    expect([...answered].sort()).toEqual(described.sort());
  });
});
