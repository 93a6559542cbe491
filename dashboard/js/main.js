import { setBlock, startBlock } from './block.js';
import { view } from './client.js';
import { byId, el, text } from './dom.js';
import { showAccount, showFund } from './fund.js';
import { askForKey, startKey, wantsKey } from './key.js';
import { showLife } from './life.js';
import { showLiquidations } from './liquidations.js';
import { showBook, showInstrument, showTrades } from './market.js';
import { grouped } from './numbers.js';
import { considerPreview, orderAccount, startOrder } from './order.js';
import { showPositions } from './positions.js';
import { look, looking, onLook } from './store.js';
import { follow } from './stream.js';
import { startTheme } from './theme.js';
import { setHead, setMoment, startTimeline } from './timeline.js';

const EVERY_MS = 1000;
const SOON_MS = 150;
const MOST_POSITIONS = 60;
const MOST_LIQUIDATIONS = 100;
/** A block's life is read from the journal: looked at again when the block changed, and now and then for the marks. */
const LIFE_EVERY_MS = 4000;
const ABSENT_MS = 10_000;
const LISTED_AGAIN_MS = 3_000;

let instruments = [];
let liquidated = [];
let unfollow;
let listedFrom = 0;
let minSeq;
let timer;
let round = 0;
let shownLife = '';
let lifeAt = 0;
/** A block was picked and is not drawn yet: on a small screen it would be out of sight. */
let isOpening = false;
let absent = { asked: '', until: 0 };

function showStatus(state, said) {
  byId('status').dataset.state = state;
  text(byId('status'), said);
}

function offerInstruments(select, chosen) {
  const names = instruments.map(({ instrument }) => instrument);
  if (select.options.length !== names.length || names.some((name, place) => select.options[place].value !== name)) {
    select.replaceChildren(...names.map((name) => el('option', { value: name }, name)));
  }
  if (chosen !== undefined && names.includes(chosen)) select.value = chosen;
}

function offerAccounts(positions) {
  const names = [...new Set(positions.map(({ accountId }) => accountId))].sort();
  const list = byId('accounts');
  if (names.join() === [...list.options].map(({ value }) => value).join()) return;
  list.replaceChildren(...names.map((value) => el('option', { value })));
}

async function lookAtLife(asOf, positions) {
  const { block } = looking;
  const position = positions.find(({ isolationId }) => isolationId === block);
  const wanted = `${block}@${asOf.at ?? 'now'}/${position?.updatedSeq ?? 'ended'}/${minSeq ?? ''}`;
  const isDue = asOf.at === undefined && position !== undefined && performance.now() - lifeAt > LIFE_EVERY_MS;
  if (wanted === shownLife && !isDue) return;
  const life = block === '' ? undefined : await view(`/v1/blocks/${encodeURIComponent(block)}`, asOf);
  if (looking.block !== block) return;
  shownLife = wanted;
  lifeAt = performance.now();
  showLife(life);
  setBlock(life);
  if (isOpening) byId('life').scrollIntoView({ block: 'nearest' });
  isOpening = false;
}

/** An account that is not there is asked for again when something was done, or a while later: not with every letter and second. */
async function lookAtAccount(accountId, asOf) {
  const asked = `${accountId}@${asOf.at ?? ''}/${minSeq ?? ''}`;
  if (accountId === '' || (asked === absent.asked && performance.now() < absent.until)) return undefined;
  const found = await view(`/v1/accounts/${encodeURIComponent(accountId)}`, asOf);
  if (found === undefined) absent = { asked, until: performance.now() + ABSENT_MS };
  return found;
}

/** What the projections list comes a little later after a start: all else need not wait for it, and they are not asked each second. */
async function whenReady(path, query) {
  const isNow = query.at === undefined;
  if (isNow && performance.now() < listedFrom) return undefined;
  try {
    return await view(path, query);
  } catch (error) {
    if (error.status !== 503 || !isNow) throw error;
    listedFrom = performance.now() + LISTED_AGAIN_MS;
    return undefined;
  }
}

/** Where too many are open to be put in order, those of the accounts that were opened first. */
async function nearestPositions(query) {
  try {
    return await view('/v1/positions', { ...query, order: 'nearest' });
  } catch (error) {
    if (error.field !== 'order') throw error;
    return view('/v1/positions', query);
  }
}

/** Everything that is shown, as of one moment or now. */
async function lookOnce(own) {
  const asOf = { at: looking.at ?? undefined, minSeq };
  const listed = await view('/v1/instruments', asOf);
  instruments = listed.rows;
  offerInstruments(byId('market'), looking.instrument);
  offerInstruments(byId('order').elements.instrument, undefined);
  const market = byId('market').value;
  const accountId = orderAccount();
  const at = asOf.at;
  const [positions, book, trades, liquidations, insurance, account] = await Promise.all([
    nearestPositions({ ...asOf, accountId: byId('filter-account').value.trim(), limit: MOST_POSITIONS }),
    market === '' ? undefined : view(`/v1/book/${encodeURIComponent(market)}`, asOf),
    market === '' ? undefined : whenReady('/v1/trades', { ...asOf, instrument: market, limit: 20 }),
    whenReady('/v1/liquidations', { ...asOf, limit: MOST_LIQUIDATIONS }),
    view('/v1/insurance', asOf),
    lookAtAccount(accountId, asOf),
  ]);
  if (own !== round) return;
  const shown = instruments.find(({ instrument }) => instrument === market);
  showPositions(positions);
  offerAccounts(positions.rows);
  showInstrument(shown);
  showBook(book?.row, shown?.markPrice ?? null);
  showTrades(trades?.rows ?? []);
  liquidated = liquidations?.rows ?? liquidated;
  showLiquidations(liquidated);
  showFund(insurance.row);
  showAccount(account?.row, accountId);
  if (at === undefined) setHead(positions.seq);
  setMoment(positions.seq, positions.time);
  await lookAtLife(asOf, positions.rows);
  if (at === undefined) showStatus('live', `live at seq ${grouped(String(positions.seq))}`);
  else showStatus('past', `as it stood at seq ${grouped(String(positions.seq))}`);
}

function showFailure(error) {
  if (wantsKey(error)) {
    askForKey(error.message);
    showStatus('locked', 'this node asks for an API key');
    return;
  }
  showStatus('lost', error.status === 503 ? `the node is not ready: ${error.message}` : `no answer from the node: ${error.message}`);
}

/** Liquidations are shown as they happen; all else follows with the next look, which comes at once. */
function hearLiquidations(rows) {
  if (looking.at !== null) return;
  const known = new Set(liquidated.map(({ seq, index }) => `${seq}/${index}`));
  const fresh = rows.filter(({ seq, index }) => !known.has(`${seq}/${index}`));
  if (fresh.length === 0) return;
  liquidated = [...fresh.toReversed(), ...liquidated].slice(0, MOST_LIQUIDATIONS);
  showLiquidations(liquidated);
  clearTimeout(timer);
  timer = setTimeout(run, SOON_MS);
}

/** While the page is in front and looks at the present. */
function considerFollowing() {
  const isWanted = looking.at === null && !document.hidden && byId('status').dataset.state === 'live';
  if (isWanted) unfollow ??= follow('liquidations', hearLiquidations);
  else if (looking.at !== null || document.hidden || byId('status').dataset.state === 'locked') {
    unfollow?.();
    unfollow = undefined;
  }
}

/** One look after the other; in the past there is nothing new to see. */
async function run() {
  clearTimeout(timer);
  if (looking.at !== null) showStatus('past', `reading the journal up to seq ${grouped(String(looking.at))}…`);
  round += 1;
  const own = round;
  try {
    await lookOnce(own);
  } catch (error) {
    if (own === round) showFailure(error);
  }
  if (own !== round) return;
  considerFollowing();
  const { state } = byId('status').dataset;
  // Without a key every further question would be refused as well.
  if (state !== 'locked' && (looking.at === null || state === 'lost')) timer = setTimeout(run, document.hidden ? 5 * EVERY_MS : EVERY_MS);
}

async function learnHead() {
  // A link into the past must know how far the journal has come.
  if (looking.at === null) return;
  const now = await view('/v1/insurance').catch(() => undefined);
  if (now !== undefined) setHead(now.seq);
  byId('seq').value = String(looking.at);
}

startTheme();
startKey(async () => {
  await learnHead();
  run();
  considerPreview();
});
startTimeline();
startOrder(run);
startBlock();
onLook(run);
document.addEventListener('changed', ({ detail }) => {
  minSeq = Math.max(minSeq ?? 0, detail.seq);
  if (detail.isolationId !== undefined && detail.type === 'PlaceOrder') look({ block: detail.isolationId });
  else run();
});
byId('market').addEventListener('change', ({ target }) => look({ instrument: target.value }));
byId('filter-account').addEventListener('change', run);
document.addEventListener('opened', () => {
  isOpening = true;
});
byId('life-close').addEventListener('click', () => look({ block: '' }));
document.addEventListener('visibilitychange', run);
await learnHead();
look({});
considerPreview();
