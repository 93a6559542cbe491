import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import type { FastifyInstance } from 'fastify';

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Everything comes from the node itself; nothing else may be loaded, framed or sent anywhere. */
const headers = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-cache',
};

/** The folder `dashboard` of the package, whether it runs from its sources or built. */
function dashboardFolder(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'dashboard', 'index.html'))) {
    const above = dirname(folder);
    if (above === folder) throw new Error('the folder dashboard of this package is missing');
    folder = above;
  }
  return join(folder, 'dashboard');
}

function filesIn(folder: string, under = ''): string[] {
  return readdirSync(join(folder, under), { withFileTypes: true }).flatMap((entry) => {
    const path = under === '' ? entry.name : `${under}/${entry.name}`;
    return entry.isDirectory() ? filesIn(folder, path) : [path];
  });
}

/** The dashboard at `/`: a few static files, read once, of which a request can only name those that are there. */
export async function dashboardRoutes(app: FastifyInstance): Promise<void> {
  const folder = dashboardFolder();
  for (const file of filesIn(folder)) {
    const type = types[extname(file)];
    if (type === undefined) continue;
    const content = readFileSync(join(folder, file));
    const path = file === 'index.html' ? '/' : `/dashboard/${file}`;
    app.get(path, async (_, reply) => reply.headers(headers).type(type).send(content));
  }
}
