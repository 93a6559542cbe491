import type { BusLog } from '../../../src/bus/kafka/options';
import { busLog, createLog, type LogLevel } from '../../../src/observe';

function logInto(lines: string[], level: LogLevel = 'info', secrets: readonly string[] = []) {
  return createLog({ level, about: { shard: 3 }, secrets, destination: { write: (line) => void lines.push(line) } });
}

describe('the log', () => {
  test('is a line of JSON each, with time, level and what it is about', () => {
    const lines: string[] = [];
    logInto(lines).warn({ offset: 5, err: new Error('no') }, 'dropped');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    const line = JSON.parse(lines[0] as string);
    expect(line).toMatchObject({ level: 'warn', shard: 3, pid: process.pid, msg: 'dropped', offset: 5, err: { message: 'no' } });
    expect(new Date(line.time).toISOString()).toBe(line.time);
  });

  test('says no more than its level', () => {
    const lines: string[] = [];
    const log = logInto(lines, 'warn');
    log.info('quiet');
    log.error('loud');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['loud']);
    logInto(lines, 'silent').fatal('nothing');
    expect(lines).toHaveLength(1);
  });

  test('shows no field that holds a secret', () => {
    const lines: string[] = [];
    logInto(lines).info({ password: 'p1', kafka: { sasl: { password: 'p2' }, options: { token: 'p3' } }, user: 'me' }, 'start');
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      password: '***',
      kafka: { sasl: '***', options: { token: '***' } },
      user: 'me',
    });
  });

  test('shows no secret inside another text, in whatever form', () => {
    const lines: string[] = [];
    const secret = 'a"b/c$&d';
    const log = logInto(lines, 'info', [secret, 'abc']);
    log.info({ url: `esdb://me:${encodeURIComponent(secret)}@host` }, `with ${secret}`);
    log.error(new Error(`refused ${secret}`));
    log.info('abc');
    for (const line of lines) expect(line).not.toMatch(/a\\?"b|a%22b/);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ url: 'esdb://me:***@host', msg: 'with ***' });
    expect(JSON.parse(lines[1] as string).err.message).toBe('refused ***');
    // Too short to be taken out by text without tearing other lines.
    expect(JSON.parse(lines[2] as string).msg).toBe('abc');
  });

  test('takes what the bus says', () => {
    const lines: string[] = [];
    const say: BusLog = busLog(logInto(lines, 'debug'));
    for (const level of ['error', 'warn', 'info', 'debug'] as const) say(level, `a ${level}`, { broker: 'b:1' });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject(
      ['error', 'warn', 'info', 'debug'].map((level) => ({ level, msg: `a ${level}`, broker: 'b:1' })),
    );
  });
});
