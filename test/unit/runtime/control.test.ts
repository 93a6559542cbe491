import { decodeControl, encodeControl } from '../../../src/runtime/control';

describe('control records', () => {
  const started = { type: 'WriterStarted', writerId: 'w', engineVersion: '1.2.3', rulesVersion: 4, commandMemory: 5 } as const;

  test('say who writes, in canonical JSON', () => {
    const bytes = encodeControl(started);
    expect(Buffer.from(bytes).toString()).toBe(
      '{"commandMemory":5,"engineVersion":"1.2.3","rulesVersion":4,"type":"WriterStarted","writerId":"w"}',
    );
    expect(decodeControl(bytes)).toEqual(started);
  });

  test('of an unknown kind are refused', () => {
    expect(() => decodeControl(Buffer.from('{"type":"Other"}'))).toThrow('unknown control record');
    expect(() => decodeControl(Buffer.from('no JSON'))).toThrow(SyntaxError);
  });
});
