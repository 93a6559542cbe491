import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { problems } from '../support/browser/axe';
import { describeWithChromium, openBrowser } from '../support/browser/chromium';
import { runProgram } from '../support/killLoop/program';
import { smallMarket } from '../support/serve/market';
import { Served } from '../support/serve/served';

jest.setTimeout(120_000);

describeWithChromium('the dashboard of a node with API keys', () => {
  let directory: string;
  let served: Served;
  let browser: Browser;
  let page: Page;
  let base: string;
  let alice: { readonly key: string; readonly id: string };
  const complaints: string[] = [];
  const streamed: string[] = [];

  const keys = (...args: string[]) => runProgram(['keys', ...args, '--file', join(directory, 'keys.json')]);
  const create = async (...scopes: string[]) => {
    const { lines } = await keys('create', '--name', 'test', ...scopes.flatMap((scope) => ['--scope', scope]));
    return JSON.parse(lines[0] as string) as { readonly key: string; readonly id: string };
  };
  const field = () => page.getByLabel('API key');

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-dashboard-keys-'));
    const operator = await create('admin');
    alice = await create('trade:alice', 'read');
    served = Served.start(['--data', join(directory, 'journal'), '--time-source', 'record', '--api-keys', join(directory, 'keys.json')]);
    await served.leading();
    base = `http://127.0.0.1:${(await served.said('HTTP is open')).port}`;
    await fetch(`${base}/v1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${operator.key}` },
      body: JSON.stringify(smallMarket()),
    });
    // The browser itself complains of an answer that is not there yet.
    const listed = () => fetch(`${base}/v1/liquidations`, { headers: { authorization: `Bearer ${operator.key}` } });
    while ((await listed()).status !== 200) await sleep(50);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 1200 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => streamed.push(String(payload))));
    page.on('pageerror', (error) => complaints.push(error.message));
  });

  afterAll(async () => {
    await browser.close();
    await served.stop();
    await rm(directory, { recursive: true });
  });

  /** The browser itself tells of each refused request. */
  const complained = () => complaints.splice(0).filter((text) => !text.includes('401 (Unauthorized)'));

  test('asks for a key before it shows anything, takes it by keyboard, and says why one is not taken', async () => {
    await page.goto(base);
    await page.getByText('this node asks for an API key').waitFor();
    expect(await problems(page)).toEqual([]);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.type('bhk_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('there is no such API key').waitFor();
    await field().focus();
    await page.keyboard.type(alice.key);
    await page.keyboard.press('Enter');
    await page.getByText(/^live at seq 11/).waitFor();
    while (!streamed.some((frame) => frame.includes('"channel":"liquidations"'))) await sleep(50);
    expect(await field().isVisible()).toBe(false);
    expect(await problems(page)).toEqual([]);
    expect(complained()).toEqual([]);
  });

  test('sends with it what it may, and shows the refusal of what it may not', async () => {
    const form = page.locator('#order');
    await form.getByLabel('Account', { exact: true }).fill('alice');
    await form.getByLabel('Quantity').fill('0.2');
    await form.getByLabel('Price', { exact: true }).fill('50000');
    await form.getByLabel('Leverage').fill('20');
    await page.getByRole('status', { name: 'Preview' }).getByText('505.00 USD').waitFor();
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByText('Accepted as seq 12. Order 12, block iso-12.').waitFor();
    await form.getByLabel('Account', { exact: true }).fill('maker');
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.locator('#order-answer').getByText('the API key needs the scope trade:maker').waitFor();
    expect(complaints.splice(0).filter((text) => !text.includes('403 (Forbidden)'))).toEqual([]);
  });

  test('keeps it for the tab over a reload, in no other place, until it is forgotten', async () => {
    await page.reload();
    await page.getByText(/^live at seq 12/).waitFor();
    const kept = await page.evaluate('[localStorage.length, document.cookie, location.href]');
    expect(JSON.stringify(kept)).not.toContain(alice.key);
    expect(kept).toEqual([0, '', expect.any(String)]);
    const other = await browser.newPage();
    await other.goto(base);
    await other.getByText('this node asks for an API key').waitFor();
    await other.close();
    await page.getByRole('button', { name: 'Forget key' }).click();
    await page.getByText('this node asks for an API key').waitFor();
    expect(complained()).toEqual([]);
  });

  test('asks again when its key is revoked', async () => {
    await field().fill(alice.key);
    await page.getByRole('button', { name: 'Use key' }).click();
    await page.getByText(/^live at seq 12/).waitFor();
    await keys('revoke', alice.id);
    await page.getByRole('alert').getByText('the API key was revoked').waitFor();
    expect(complained()).toEqual([]);
  });
});
