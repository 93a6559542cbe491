import { GREATEST_COUNT, HOURS_OF_A_YEAR, LAST_SHARD, LONGEST_TIMEOUT_MS, MAX_TIME } from '../contract/fieldChecks';
import type { Definitions, JsonSchema } from './schema';

const DIGITS = '(0|[1-9]\\d{0,18})(\\.\\d{1,18})?';
const ZERO = '-?0(\\.0{1,18})?';
const ONE = '1(\\.0{1,18})?';
/** As decimals go out: no needless zero, no −0. */
const canonical = (digits: string) => `^(0|-?(0\\.${digits}[1-9]|[1-9]\\d*(\\.${digits}[1-9])?))$`;

function decimal(description: string, pattern: string, example: string): JsonSchema {
  return { type: 'string', description, pattern, examples: [example] };
}

function integer(description: string, minimum: number, maximum: number): JsonSchema {
  return { type: 'integer', description, minimum, maximum };
}

/** What fields are made of: texts, decimals and whole numbers, as commands take them and as answers give them. */
export const scalars: Definitions = {
  Name: { type: 'string', description: '1 to 64 of A-Z a-z 0-9 . _ ~ -', pattern: '^[A-Za-z0-9._~-]{1,64}$' },
  Text: { type: 'string', description: '1 to 256 printable characters.', pattern: '^[^\\p{C}\\p{Zl}\\p{Zp}]{1,256}$' },
  Time: integer('Milliseconds since the epoch (UTC).', 0, MAX_TIME),
  Count: integer(`A whole number from 1 to ${GREATEST_COUNT}.`, 1, GREATEST_COUNT),
  Shard: integer('Number of a shard.', 0, LAST_SHARD),
  TimeoutMs: integer('Milliseconds, at most 366 days; 0 clears.', 0, LONGEST_TIMEOUT_MS),
  Hours: integer('Hours, at most a year.', 1, HOURS_OF_A_YEAR),
  Seq: integer('Place of a command in the journal, from 1.', 0, Number.MAX_SAFE_INTEGER),

  PositiveDecimal: decimal('A decimal above 0.', `^(?!${ZERO}$)${DIGITS}$`, '50000.5'),
  NonNegativeDecimal: decimal('A decimal of at least 0.', `^(${ZERO}|${DIGITS})$`, '0'),
  NonZeroDecimal: decimal('A signed decimal other than 0.', `^(?!${ZERO}$)-?${DIGITS}$`, '-12.5'),
  SignedDecimal: decimal('A signed decimal.', `^-?${DIGITS}$`, '-0.0001'),
  Rate: decimal('A decimal from 0 to 1.', `^(${ZERO}|0\\.\\d{1,18}|${ONE})$`, '0.0005'),
  SignedRate: decimal('A decimal from -1 to 1.', `^-?(0(\\.\\d{1,18})?|${ONE})$`, '-0.0001'),
  Part: decimal('A decimal above 0, at most 1.', `^(?!${ZERO}$)(0\\.\\d{1,18}|${ONE})$`, '0.1'),
  Leverage: decimal('A decimal of at least 1.', '^[1-9]\\d{0,18}(\\.\\d{1,18})?$', '20'),
  AmountOrMax: decimal('A decimal above 0, or MAX.', `^(MAX|(?!${ZERO}$)${DIGITS})$`, 'MAX'),

  Decimal: decimal('A signed decimal, as it goes out: without exponent, needless zeros or -0.', canonical('\\d*'), '-1.5'),
  Money: decimal('An amount of money, signed, exact to 0.000001 of its currency.', canonical('\\d{0,5}'), '1050.25'),
  ShownPrice: decimal('A price that is shown, rounded to 8 places (rules.md §1).', canonical('\\d{0,7}'), '47979.7979798'),
  Quantity: decimal('A signed quantity; negative is short or the selling side.', canonical('\\d*'), '-0.25'),
  Fraction: {
    type: 'string',
    description: 'An exact ratio, numerator/denominator.',
    pattern: '^-?\\d+/[1-9]\\d*$',
    examples: ['2021/40000'],
  },
  OrderId: {
    type: 'string',
    description: 'Seq of the command that placed the order; L<seq>-<n> for orders of the engine itself.',
    pattern: '^([1-9]\\d{0,15}|L[1-9]\\d{0,15}-[1-9]\\d*)$',
    examples: ['17', 'L204-1'],
  },
  IsolationId: {
    type: 'string',
    description: 'Id of an isolated block, never used again.',
    pattern: '^iso-[1-9]\\d{0,15}$',
    examples: ['iso-17'],
  },
  LedgerAccount: {
    type: 'string',
    description:
      'main:<account>, block:<isolationId> (its cash), margin:<isolationId> (its order margin), or one of the venue’s own. Each currency’s accounts sum to zero.',
    pattern: '^(main:[A-Za-z0-9._~-]{1,64}|(block|margin):iso-[1-9]\\d{0,15}|insurance|deficit|fees|clearing|conversion|external)$',
  },
};
