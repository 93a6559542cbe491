import * as fs from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A directory that is gone after the test. */
export function temporaryDirectories(): () => Promise<string> {
  const made: string[] = [];
  afterEach(async () => {
    for (const directory of made.splice(0)) await fs.rm(directory, { recursive: true, force: true });
  });
  return async () => {
    const directory = await fs.mkdtemp(join(tmpdir(), 'bulkhead-run-'));
    made.push(directory);
    return directory;
  };
}

export const line = (commandId: string, type: string, data: object, envelope: object = {}): string =>
  JSON.stringify({ commandId, type, ...envelope, data });

export const deposit = (commandId: string, amount: unknown = '5', accountId = 'al'): string =>
  line(commandId, 'Deposit', { accountId, currency: 'USD', amount });

/** So many deposits, d-1 and on. */
export const deposits = (count: number): string[] => Array.from({ length: count }, (_, place) => deposit(`d-${place + 1}`));

export const listing = line('list', 'ListInstrument', {
  instrument: 'BTC-PERP',
  base: 'BTC',
  quote: 'USD',
  tickSize: '0.5',
  lotSize: '0.001',
  minQuantity: '0.001',
  maxQuantity: '100',
  makerFeeRate: '0',
  takerFeeRate: '0.0005',
  liquidationFeeRate: '0.005',
  maxOpenOrders: 2000,
  tiers: [{ floor: '0', maxLeverage: '100', maintenanceRate: '0.005' }],
});

export const text = (...lines: string[]): string => `${lines.join('\n')}\n`;

export const parsed = <T = Record<string, unknown>>(lines: readonly string[]): T[] => lines.map((one) => JSON.parse(one) as T);
