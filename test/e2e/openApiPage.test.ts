import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { describeWithChromium, openBrowser } from '../support/browser/chromium';
import { runProgram } from '../support/killLoop/program';
import { Served } from '../support/serve/served';

jest.setTimeout(120_000);

describeWithChromium('the OpenAPI page of a node', () => {
  let directory: string;
  let served: Served;
  let browser: Browser;
  let page: Page;
  let base: string;
  let key: string;
  const complaints: string[] = [];
  const elsewhere: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-openapi-'));
    const file = join(directory, 'keys.json');
    const { lines } = await runProgram(['keys', 'create', '--name', 'test', '--scope', 'read', '--file', file]);
    key = JSON.parse(lines[0] as string).key;
    served = Served.start(['--data', join(directory, 'journal'), '--time-source', 'record', '--api-keys', file]);
    await served.leading();
    base = `http://127.0.0.1:${(await served.said('HTTP is open')).port}`;
    browser = await openBrowser();
    page = await browser.newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      if (!/^(data:|blob:)/.test(request.url()) && !request.url().startsWith(`${base}/`)) elsewhere.push(request.url());
    });
  });

  afterAll(async () => {
    await browser.close();
    await served.stop();
    await rm(directory, { recursive: true });
  });

  test('shows every path of the served document, and a path is tried with the key that was given', async () => {
    const document = (await (await fetch(`${base}/openapi.json`)).json()) as { readonly paths: Record<string, object>; servers: unknown };
    expect(document.servers).toEqual([{ url: '/' }]);
    await page.goto(`${base}/openapi`);
    await page.locator('.opblock').first().waitFor();
    const operations = Object.values(document.paths).flatMap((path) => Object.keys(path));
    expect(await page.locator('.opblock').count()).toBe(operations.length);
    expect(operations.length).toBeGreaterThan(20);

    await page.getByRole('button', { name: 'Authorize' }).first().click();
    await page.locator('.auth-container input').first().fill(key);
    await page.locator('.auth-container').first().getByRole('button', { name: 'Apply credentials' }).click();
    await page.locator('.close-modal').click();
    await page.locator('.opblock-summary-control', { hasText: '/v1/time' }).click();
    await page.getByRole('button', { name: 'Try it out' }).click();
    await page.getByRole('button', { name: 'Execute', exact: true }).click();
    const answer = page.locator('.live-responses-table .response-col_description pre').first();
    await answer.waitFor();
    expect(JSON.parse((await answer.textContent()) ?? '')).toEqual({ seq: 0, time: 0 });
    expect([complaints, elsewhere]).toEqual([[], []]);
  });
});
