import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { problems } from '../support/browser/axe';
import { describeWithChromium, openBrowser } from '../support/browser/chromium';
import { smallMarket } from '../support/serve/market';
import { Served } from '../support/serve/served';

jest.setTimeout(120_000);

const number = (text: string | null) => Number((text ?? '').replace(/[^\d.]/g, ''));

/** Resolves when it holds; the test's own limit ends the waiting. */
async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(50);
}

describeWithChromium('the dashboard in a browser', () => {
  let directory: string;
  let served: Served;
  let browser: Browser;
  let page: Page;
  let base: string;
  const complaints: string[] = [];
  const streamed: string[] = [];

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
    // The browser itself complains of an answer that is not there yet.
    await eventually(async () => (await fetch(`${base}/v1/liquidations`)).status === 200);
    browser = await openBrowser();
    page = await browser.newPage({ viewport: { width: 1280, height: 1200 } });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => streamed.push(String(payload))));
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
    for (const text of ['0.2 at 50,000.00', '5.00 USD', '0.2 at 20×, margin 500.00, maintenance 100.00']) {
      await preview.getByText(text, { exact: true }).waitFor();
    }
    // Twice, as a nervous hand does it: one order, as the numbers of all that follows show.
    await page.getByRole('button', { name: 'Place order' }).dblclick({ delay: 60 });
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
    // It was told, not found by the next look.
    await eventually(async () => streamed.some((frame) => frame.includes('"type":"delta"') && frame.includes('LiquidationStarted')));
    await page.getByRole('region', { name: 'Newest liquidations' }).getByRole('cell', { name: 'alice iso-12' }).first().waitFor();
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

  test('everything that can be used is reached by Tab, and a block is opened and an order placed without a mouse', async () => {
    await send([{ commandId: 'bob', type: 'Deposit', data: { accountId: 'bob', currency: 'USD', amount: '1000' } }]);
    const controls = await page.evaluate<number>(`(() => {
      const all = [...document.querySelectorAll('a, button, input, select, [tabindex="0"]')];
      const used = all.filter((each) => each.checkVisibility() && !each.disabled && !(each.type === 'radio' && !each.checked));
      used.forEach((each, place) => { each.dataset.control = String(place); });
      document.activeElement.blur();
      return used.length;
    })()`);
    const reached = new Set<string>();
    for (let presses = 0; presses < 3 * controls && reached.size < controls; presses++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate<string>("document.activeElement.dataset.control ?? 'elsewhere'"));
      reached.delete('elsewhere');
    }
    expect([controls > 20, reached.size]).toEqual([true, controls]);

    await page.locator('#order').getByLabel('Account', { exact: true }).focus();
    const type = async (text: string) => {
      await page.keyboard.press('ControlOrMeta+A');
      await page.keyboard.type(text);
      await page.keyboard.press('Tab');
    };
    await type('bob');
    for (let presses = 0; presses < 4; presses++) await page.keyboard.press('Tab');
    for (const text of ['0.1', '49000', '10']) await type(text);
    await page.keyboard.press('Shift+Tab');
    await page.getByRole('status', { name: 'Preview' }).getByText('492.45 USD').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('#order-answer').getByText('Accepted as seq 17. Order 17, block iso-17.').waitFor();
    const own = page.locator('#position-rows').getByRole('button').filter({ hasText: 'bob' });
    await own.waitFor();
    await page.locator('#life-close').focus();
    await page.keyboard.press('Enter');
    await page.locator('#life').waitFor({ state: 'hidden' });
    await own.focus();
    await page.keyboard.press('Enter');
    await page.locator('#life').waitFor();
    expect(await own.getAttribute('aria-pressed')).toBe('true');
  });

  test('a block that is not there is said not to be, and one opens by a click anywhere on its row, in view', async () => {
    await page.evaluate("location.hash = '#block=iso-99'; location.reload()");
    await page.locator('#life-note').getByText('there is none of this name').waitFor();
    // The browser complains of the answer, and of nothing else.
    expect(complaints.splice(0).every((complaint) => complaint.includes('404 (Not Found)'))).toBe(true);
    await page.locator('#life-close').click();
    await page.locator('#life').waitFor({ state: 'hidden' });
    await page.setViewportSize({ width: 390, height: 780 });
    await page.locator('#position-rows tr').filter({ hasText: 'bob' }).locator('td').first().click();
    await page.getByRole('heading', { name: 'Block iso-17' }).waitFor();
    const isInView = "(({ top }) => top >= 0 && top < innerHeight)(document.getElementById('life-title').getBoundingClientRect())";
    await eventually(async () => (await page.evaluate(isInView)) === true);
  });

  test('on a phone and in the dark nothing is cut off, and it stays accessible', async () => {
    await page.setViewportSize({ width: 360, height: 780 });
    await page.emulateMedia({ colorScheme: 'dark' });
    const overflow = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
    expect(overflow).toBeLessThanOrEqual(0);
    expect(await problems(page)).toEqual([]);
  });
});
