import type { Command } from '../engineApi';
import type { Draw } from '../generator/draw';

type Json = { [field: string]: unknown };

/** Values that some field somewhere might take for its own. −0 is left out: JSON Schema cannot tell it from 0. */
const strays: readonly unknown[] = [
  ...[null, true, false, 0, 1, -1, 0.5, 1e21, 2 ** 53, 65_535, 65_536, 1_000_000_000, 1_000_000_001, 8_784, 8_785],
  ...['', '0', '-0', '-0.00', '0.0', '00', '01', '1', '1.0', '1.000000000000000001', '0.999999999999999999', '-1', '-1.0', '-1.5', '+1'],
  ...['1.', '.5', '1e3', '1E3', 'NaN', 'Infinity', '0x10', ' 1', '1 ', '1,000', '٣', '9'.repeat(19), '9'.repeat(20), `1.${'0'.repeat(18)}`],
  ...[`0.${'0'.repeat(18)}`, `1.${'0'.repeat(19)}`, `0.${'0'.repeat(17)}1`, 'MAX', 'max', 'BUY', 'buy', 'LIMIT', 'MARKET', 'GTC', 'IOC'],
  ...['CROSS', 'ISOLATED', 'USD', 'USDC', 'EUR', 'ALL', 'a b', 'é', 'x'.repeat(64), 'x'.repeat(65), 'x'.repeat(256), 'x'.repeat(257)],
  ...['line\nbreak', 'tab\t', '\u200b', '\u2028', '\ud800', '😀'.repeat(256), '😀'.repeat(257), 'constructor', '__proto__'],
  ...[[], {}, [1], ['1'], [{}], { floor: '0' }, { aggressive: '0.1', passive: '-0' }, { aggressive: '0.1' }],
  ...[[{ floor: '0', maxLeverage: '10', maintenanceRate: '0.01' }], [{ floor: '-1', maxLeverage: '10', maintenanceRate: '0.01' }]],
  ...[[{ floor: '0', maxLeverage: '0.5', maintenanceRate: '0.01' }], [{ floor: '0', maxLeverage: '10', maintenanceRate: '1.01' }]],
  Array.from({ length: 101 }, () => ({ floor: '0', maxLeverage: '10', maintenanceRate: '0.01' })),
];

/** A fresh one each time: it may itself be changed later. */
const stray = (draw: Draw): unknown => structuredClone(draw.pick(strays));
const fields = (json: Json) => Object.keys(json);

const changes: readonly ((json: Json, draw: Draw) => void)[] = [
  (json, draw) => void Reflect.deleteProperty(json, draw.maybe(fields(json)) ?? 'nothing'),
  (json, draw) => void Object.assign(json, { [draw.maybe(fields(json)) ?? 'stray']: stray(draw) }),
  (json, draw) => void Object.assign(json, { [draw.pick(['prize', 'Price', 'qty', 'data', 'toString'])]: stray(draw) }),
  (json, draw) => void Object.assign(json, { [draw.pick(optional)]: stray(draw) }),
];
const optional = [
  ...['price', 'triggerPrice', 'triggerBy', 'timeInForce', 'postOnly', 'reduceOnly', 'marginMode', 'leverage', 'isolatedMargin'],
  ...['marginCurrency', 'isolationId', 'clientOrderId', 'orderId', 'quantity', 'time', 'expiresAt', 'correlationId', 'shard', 'instrument'],
  ...[
    'priceBands',
    'tiers',
    'fundingIntervalHours',
    'maxOpenOrders',
    'isolatedOnly',
    'insuranceUnwindPart',
    'interestRate',
    'force',
    'mode',
  ],
];

/** A command with one to three things about its envelope or its data changed, some of them for the worse. */
export function malformed(command: Command, draw: Draw): unknown {
  const json = structuredClone(command) as unknown as Json;
  for (let times = 1 + draw.below(3); times > 0; times--) {
    const { data } = json;
    const within = typeof data === 'object' && data !== null && !Array.isArray(data) && draw.chance(0.8);
    draw.pick(changes)(within ? (data as Json) : json, draw);
  }
  return json;
}
