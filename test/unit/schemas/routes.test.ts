import { Access, commandRoutes, dashboardRoutes, HttpServer, journalRoutes, StreamHub, streamRoutes, viewRoutes } from '../../../src/api';
import { type NodeHealth, NodeMetrics } from '../../../src/observe';
import { routes } from '../../../src/schemas/routes';

describe('openapi.json', () => {
  test('has every path that the node answers, the files of the dashboard aside, and no other', async () => {
    const health: NodeHealth = { status: () => ({ state: 'starting' }), figures: () => undefined };
    const { app } = new HttpServer({ health, metrics: new NodeMetrics(() => undefined), host: '127.0.0.1', port: 0 });
    const access = new Access({ keys: undefined, rateLimit: undefined, clock: () => 0 });
    const answered = new Set<string>();
    app.addHook('onRoute', ({ method, url }) => {
      if (method !== 'HEAD') answered.add(`${String(method).toLowerCase()} ${url.replace(/:(\w+)/g, '{$1}')}`);
    });
    const nobody = () => undefined;
    app.register(viewRoutes(nobody, nobody));
    app.register(journalRoutes(nobody, nobody));
    app.register(dashboardRoutes);
    app.register(streamRoutes({ hub: new StreamHub(() => undefined), access, take: async () => ({ kind: 'BUSY' }) }));
    app.register(
      commandRoutes(
        async () => ({ kind: 'BUSY' }),
        async () => ({ kind: 'MALFORMED', reason: '' }),
        access,
      ),
    );
    await app.ready();
    await app.close();
    const described = Object.entries(routes).flatMap(([path, methods]) =>
      Object.keys(methods as object).map((method) => `${method} ${path}`),
    );
    const files = [...answered].filter((route) => /^get \/(dashboard\/.*)?$/.test(route));
    expect(files).toContain('get /');
    for (const file of files) answered.delete(file);
    expect([...answered].sort()).toEqual(described.sort());
  });
});
