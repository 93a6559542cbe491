/** A market of one instrument with a maker who quotes around 50,000, as commands to be sent in order. */
export function smallMarket(): object[] {
  let count = 0;
  const command = (type: string, data: object) => ({ commandId: `market-${++count}`, type, data });
  const quote = (side: 'BUY' | 'SELL', price: string) =>
    command('PlaceOrder', { accountId: 'maker', instrument: 'BTC-PERP', side, type: 'LIMIT', quantity: '2', price });
  return [
    command('ListInstrument', {
      ...{ instrument: 'BTC-PERP', base: 'BTC', quote: 'USD', tickSize: '0.5', lotSize: '0.001', minQuantity: '0.001', maxQuantity: '100' },
      ...{ makerFeeRate: '0.0002', takerFeeRate: '0.0005', liquidationFeeRate: '0.001' },
      tiers: [{ floor: '0', maxLeverage: '50', maintenanceRate: '0.01' }],
    }),
    command('FundInsurance', { currency: 'USD', amount: '100000' }),
    command('Deposit', { accountId: 'maker', currency: 'USD', amount: '1000000' }),
    command('Deposit', { accountId: 'alice', currency: 'USD', amount: '10000' }),
    command('MarkPriceTick', { instrument: 'BTC-PERP', markPrice: '50000' }),
    ...['50000', '50010', '50020'].map((price) => quote('SELL', price)),
    ...['49990', '49980', '49970'].map((price) => quote('BUY', price)),
  ];
}
