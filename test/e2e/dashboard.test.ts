import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { describeWithChromium, openBrowser } from '../support/browser/chromium';
import { smallMarket } from '../support/serve/market';
import { Served } from '../support/serve/served';

jest.setTimeout(120_000);

const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const number = (text: string | null) => Number((text ?? '').replace(/[^\d.]/g, ''));

/** Resolves when it holds; the test's own limit ends the waiting. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

/** What axe-core calls a serious or critical problem, as `rule: element`. */
async function problems(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    interface Axe {
      run(): Promise<{ violations: { impact: string; id: string; nodes: { html: string }[] }[] }>;
    }
    const { violations } = await (globalThis as unknown as { axe: Axe }).axe.run();
    const bad = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    return bad.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
  });
}

describeWithChromium('the dashboard in a browser', () => {
  let directory: string;
  let served: Served;
  let browser: Browser;
  let page: Page;
  let base: string;
  const complaints: string[] = [];

  const send = async (commands: object[]) => {
    const answer = await fetch(`${base}/v1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(commands),
    });
    for (const { status } of (await answer.json()) as { status: string }[]) expect(status).toBe('ACCEPTED');
  };
  const tick = (commandId: string, markPrice: string) =>
    send([{ commandId, type: 'MarkPriceTick', data: { instrument: 'BTC-PERP', markPrice } }]);

  const block = () => page.locator('#position-rows').getByRole('row').filter({ hasText: 'alice · iso-12' });
  const liquidationPrice = async () => number(await block().getByRole('cell').nth(1).textContent());

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'bulkhead-dashboard-'));
    served = Served.start(['--data', directory, '--time-source', 'record']);
    await served.leading();
    base = `http://127.0.0.1:${(await served.said('HTTP is open')).port}`;
    await send(smallMarket());
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 1200 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(base);
    await page.getByText(/^live at seq 11/).waitFor();
  });

  afterAll(async () => {
    await browser.close();
    await served.stop();
    await rm(directory, { recursive: true });
  });

  afterEach(async () => {
    expect(complaints).toEqual([]);
  });

  test('an isolated order is placed by the form, and fills as the preview said', async () => {
    const form = page.locator('#order');
    await form.getByLabel('Account', { exact: true }).fill('alice');
    await form.getByLabel('Quantity').fill('0.2');
    await form.getByLabel('Price', { exact: true }).fill('50000');
    await form.getByLabel('Leverage').fill('20');
    const preview = page.getByRole('status', { name: 'Preview' });
    await preview.getByText('505.00 USD').waitFor();
    const foreseen = number(await preview.locator('dd').nth(1).textContent());
    expect(foreseen).toBeGreaterThan(47_000);
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByText('Accepted as seq 12. Order 12, block iso-12.').waitFor();
    await block().waitFor();
    expect(await liquidationPrice()).toBe(foreseen);
    await page.getByRole('heading', { name: 'Block iso-12' }).waitFor();
    expect(await problems(page)).toEqual([]);
  });

  test('margin added moves the liquidation price away, and MAX removes what can be removed', async () => {
    const before = await liquidationPrice();
    await page.locator('#block').getByLabel('Amount').fill('300');
    await page.getByRole('button', { name: 'Add margin' }).click();
    await page.locator('#block-answer').getByText('Accepted as seq 13.').waitFor();
    await eventually(async () => (await liquidationPrice()) < before - 1_000);
    await page.getByRole('button', { name: 'Remove max' }).click();
    await page.locator('#block-answer').getByText('Accepted as seq 14.').waitFor();
    await eventually(async () => (await liquidationPrice()) > before - 100);
  });

  test('a mark beyond the liquidation price ends the block before the eyes', async () => {
    await tick('down', '47000');
    await page.locator('#life-note').getByText('alice, BTC-PERP, liquidated').waitFor();
    await page.getByRole('region', { name: 'Newest liquidations' }).getByText('alice · iso-12').waitFor();
    expect(await block().count()).toBe(0);
  });

  test('back in time it is alive again, and orders can only be placed in the present', async () => {
    await page.getByRole('slider', { name: 'Point in time' }).press('ArrowLeft');
    await page.getByText(/^as it stood at seq 14/).waitFor();
    await block().waitFor();
    await page.locator('#life-note').getByText('alice, BTC-PERP, alive').waitFor();
    expect(await page.getByRole('button', { name: 'Place order' }).isDisabled()).toBe(true);
    expect(await problems(page)).toEqual([]);
    await page.getByRole('button', { name: 'Live' }).click();
    await page.getByText(/^live at seq 15/).waitFor();
  });

  test('on a phone and in the dark nothing is cut off, and it stays accessible', async () => {
    await page.setViewportSize({ width: 360, height: 780 });
    await page.emulateMedia({ colorScheme: 'dark' });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await problems(page)).toEqual([]);
  });
});
