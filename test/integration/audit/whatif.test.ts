import { exportedCommands } from '../../../src/audit/read/commands';
import { commandMemoryOf } from '../../../src/audit/read/records';
import { UnusableTerms, WhatIfRun } from '../../../src/audit/whatif';
import { decodeCommand } from '../../../src/contract/decode';
import { Engine, type Sequenced } from '../../../src/engine/engine';
import { type FileJournalReader, openFileJournalReader } from '../../../src/journal';
import { Bulkhead } from '../../../src/library/bulkhead';
import { openFileNode } from '../../../src/runtime/fileNode';
import { makeJournal, newDirectory, removeDirectories } from '../../support/audit/journals';
import { smallMarket } from '../../support/serve/market';

let journal: FileJournalReader;

beforeAll(async () => {
  journal = await openFileJournalReader(await makeJournal({ seed: 31, commands: 700 }));
});
afterAll(async () => {
  await journal.close();
  removeDirectories();
});

const whatif = async (terms: Record<string, Record<string, unknown>>) =>
  new WhatIfRun(journal, await commandMemoryOf(journal), terms).run(() => undefined);

const STRICT = [{ floor: '0', maxLeverage: '2', maintenanceRate: '0.2' }];

describe('the same commands', () => {
  test('under the same terms come to the same', async () => {
    const found = await whatif({});
    expect(found).toMatchObject({ decided: [], firstDecided: null, accounts: [], liquidations: { spared: [], additional: [] } });
    expect(found.liquidations.both).toBeGreaterThan(5);
    expect([found.fund.before, found.fees.before]).toEqual([found.fund.after, found.fees.after]);
  });

  test('under other fees cost every account what an engine listed so from the start says', async () => {
    const found = await whatif({ '*': { takerFeeRate: '0.002' } });
    const engine = new Engine({ commandMemory: await commandMemoryOf(journal) });
    for await (const command of exportedCommands(journal)) {
      const json = JSON.parse(JSON.stringify(command));
      const lists = json.type === 'ListInstrument' || json.type === 'UpdateInstrument';
      const decoded = decodeCommand(json);
      const other = lists && decoded.ok ? decodeCommand({ ...json, data: { ...json.data, takerFeeRate: '0.002' } }) : decoded;
      engine.execute(other as Sequenced);
    }
    expect(found.accounts.length).toBeGreaterThan(5);
    expect(found.fees.after).not.toBe(found.fees.before);
    const views = new Bulkhead(engine);
    expect(views.market().insurance.balances.USD).toBeDefined();
    for (const { accountId, after } of found.accounts) {
      const account = views.account(accountId);
      const blocks = account?.positions.filter(({ marginMode }) => marginMode === 'ISOLATED') ?? [];
      const worth = [account?.equity, ...blocks.flatMap(({ equity, orderMargin }) => [equity, orderMargin])];
      // Six decimals of sums below 10¹⁰ are exact in doubles to the micro-unit's half.
      expect(worth.reduce((sum, part) => sum + Number(part), 0)).toBeCloseTo(Number(after), 4);
    }
  });

  test('under stricter tiers are refused where leverage is too high, and that is counted', async () => {
    const found = await whatif({ '*': { tiers: STRICT } });
    expect(found.decided.some(({ would }) => would === 'EXCEEDS_MAX_LEVERAGE')).toBe(true);
    expect(found.firstDecided).toMatchObject({ was: 'ACCEPTED' });
    const { spared, additional, both } = found.liquidations;
    expect(spared.length + both).toBe((await whatif({})).liquidations.both);
    expect(spared.length + additional.length).toBeGreaterThan(0);
  });

  test('under terms that cannot be listed are refused as a whole', async () => {
    await expect(whatif({ '*': { tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.5' }] } })).rejects.toThrow(UnusableTerms);
    await expect(whatif({ '*': { takerFeeRate: 1 } })).rejects.toThrow(UnusableTerms);
  });

  test('under terms of an instrument that was never listed are refused', async () => {
    await expect(whatif({ 'NONE-PERP': { takerFeeRate: '0.001' } })).rejects.toThrow('no instrument NONE-PERP');
  });

  test('that were repeated with other data, or refused, take the seqs that they took', async () => {
    const [listing, ...others] = smallMarket() as readonly { readonly commandId: string; readonly data: Record<string, unknown> }[];
    const { commandId, data } = listing as (typeof others)[number];
    const { tiers, ...untiered } = data;
    const buy = { accountId: 'alice', instrument: 'BTC-PERP', side: 'BUY', type: 'MARKET', quantity: '0.1' };
    const commands = [
      listing,
      listing,
      { ...listing, data: { ...data, takerFeeRate: '0.001' } },
      { ...listing, commandId: 'again', data: { ...data, takerFeeRate: '0.002' } },
      { ...listing, commandId: 'untiered', data: untiered },
      ...others,
      { commandId: 'buy', type: 'PlaceOrder', data: { ...buy, marginMode: 'ISOLATED', leverage: '10' } },
      { commandId, type: 'UpdateInstrument', data: { instrument: 'BTC-PERP', takerFeeRate: '0.001' } },
      { commandId: 'wrong', type: 'UpdateInstrument', data: { instrument: 'BTC-PERP', tickSize: '0' } },
    ];
    const { node } = await openFileNode({ dataDirectory: newDirectory(), snapshotEvery: 1_000_000 });
    const codes = commands.map((command) => {
      const { outcome } = node.submit(decodeCommand(command) as Sequenced, { kind: 'FILE' }, 'test');
      return outcome.kind === 'DUPLICATE' ? 'DUPLICATE' : (outcome.refusal?.code ?? 'ACCEPTED');
    });
    expect(codes.slice(0, 5)).toEqual(['ACCEPTED', 'DUPLICATE', 'DUPLICATE_COMMAND_ID', 'INVALID_INSTRUMENT', 'INVALID_COMMAND']);
    expect(codes.slice(-3)).toEqual(['ACCEPTED', 'DUPLICATE_COMMAND_ID', 'INVALID_COMMAND']);
    await node.journal.whenDurable(node.journal.head.revision);
    const under = (terms: object) => new WhatIfRun(node.journal, undefined, { '*': { ...terms } }).run(() => undefined);
    const unchanged = { decided: [], accounts: [], commands: commands.length - 1 };
    expect(await under({ takerFeeRate: '0.0005', tiers })).toMatchObject(unchanged);
    // The very terms of the command that was refused for having another's id.
    const dearer = await under({ takerFeeRate: '0.001' });
    expect(dearer).toMatchObject({ ...unchanged, accounts: [{ accountId: 'alice', difference: '-2.5' }] });
    await node.close();
  });
});
