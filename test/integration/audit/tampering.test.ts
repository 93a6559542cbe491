import { generateKeyPairSync } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DifferenceFound } from '../../../src/audit/difference';
import { States } from '../../../src/audit/read/states';
import { type Anchor, anchorOf } from '../../../src/audit/verify/anchors';
import { verifyJournal } from '../../../src/audit/verify/verify';
import { ByteReader, ByteWriter } from '../../../src/contract/bytes';
import { decodeRecord, encodeRecord } from '../../../src/contract/record';
import { openFileJournalReader, Snapshots } from '../../../src/journal';
import { readPrivateKey, signCheckpoint } from '../../../src/runtime/checkpoint';
import { snapshotBytes } from '../../../src/runtime/stateHash';
import { chainAt, makeJournal, newDirectory, removeDirectories, rewritten } from '../../support/audit/journals';
import type { Command } from '../../support/engineApi';
import { Draw } from '../../support/generator/draw';

jest.setTimeout(60_000);

const COMMANDS = 400;
let original: string;

beforeAll(async () => {
  original = await makeJournal({ seed: 11, commands: COMMANDS });
});
afterAll(removeDirectories);

const verify = (directory: string, anchors: readonly Anchor[] = [], quick = false) =>
  verifyJournal(directory, { anchors, quick, onProgress: () => undefined });

const segmentOf = (directory: string): string => join(directory, 'segments', readdirSync(join(directory, 'segments'))[0] as string);

/** A copy of the original whose segment file was changed by hand. */
function tampered(change: (bytes: Buffer, blocks: readonly Block[]) => Buffer): string {
  const directory = newDirectory();
  cpSync(original, directory, { recursive: true });
  const path = segmentOf(directory);
  const bytes = readFileSync(path);
  writeFileSync(path, change(bytes, blocksOf(bytes)));
  return directory;
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly firstSeq: number;
}

/** Blocks as docs/journal-format.md describes them; the mark at the end is none. */
function blocksOf(bytes: Buffer): Block[] {
  const salt = bytes.subarray(48, 56);
  const blocks: Block[] = [];
  for (let at = 64; at + 40 <= bytes.length && bytes.subarray(at, at + 8).equals(salt) && bytes.readUInt32LE(at + 16) > 0; ) {
    const end = at + 40 + bytes.readUInt32LE(at + 12);
    blocks.push({ start: at, end, firstSeq: Number(bytes.readBigUInt64LE(at + 32)) });
    at = end;
  }
  return blocks;
}

describe('a journal as it was written', () => {
  test('is the same in all that is compared, and says that no anchor was there', async () => {
    const report = await verify(original);
    expect(report.checks.filter(({ difference }) => difference !== null)).toEqual([]);
    expect(report.checks.map(({ check }) => check)).toContain('decimal model');
    expect(report.commands).toBeGreaterThan(COMMANDS - 50);
    expect(report.anchored).toBe(false);
    expect(report.chain).toEqual(await chainAt(original));
  });

  test('holds its own anchors', async () => {
    const anchors = [
      { ...(await chainAt(original, 100)), origin: 'test' },
      { ...(await chainAt(original, 256)), origin: 'test' },
      { ...(await chainAt(original)), origin: 'test' },
    ];
    const report = await verify(original, anchors, true);
    expect(report).toMatchObject({ anchored: true, firstDifference: null, leftOut: ['the decimal model (--quick)'] });
  });
});

describe('is caught and located', () => {
  test('one flipped bit, wherever it is', async () => {
    const draw = new Draw(4);
    for (let attempt = 0; attempt < 25; attempt++) {
      let block: Block | undefined;
      const directory = tampered((bytes, blocks) => {
        block = draw.pick(blocks);
        const at = draw.below(block.end - block.start) + block.start;
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << draw.below(8)), at);
        return bytes;
      });
      const { firstDifference } = await verify(directory);
      const { start, firstSeq } = block as Block;
      expect(firstDifference).toMatchObject({ check: 'frames', seq: firstSeq, field: `${segmentOf(directory)}, byte ${start}` });
    }
  });

  test('one frame cut out', async () => {
    let cut: Block | undefined;
    const directory = tampered((bytes, blocks) => {
      cut = blocks[Math.floor(blocks.length / 2)] as Block;
      return Buffer.concat([bytes.subarray(0, cut.start), bytes.subarray(cut.end)]);
    });
    const { firstDifference } = await verify(directory);
    expect(firstDifference).toMatchObject({ check: 'frames', seq: (cut as Block).firstSeq });
  });

  test('the last block damaged where nothing follows it: said without an anchor, caught with one', async () => {
    const anchor = { ...(await chainAt(original)), origin: 'test' };
    let last: Block | undefined;
    const directory = tampered((bytes, blocks) => {
      last = blocks.at(-1) as Block;
      const cut = bytes.subarray(0, last.end);
      // Zeros at the end would be taken for what lies there before anything is written.
      cut.writeUInt8(cut.readUInt8(last.end - 1) ^ 1, last.end - 1);
      return cut;
    });
    rmSync(join(directory, 'snapshots'), { recursive: true, force: true });
    const { start, end, firstSeq } = last as Block;
    const said = `${end - start} bytes at the end, which are no whole block (${segmentOf(directory)}, byte ${start})`;
    const alone = await verify(directory, [], true);
    expect(alone).toMatchObject({ firstDifference: null, unreadBytes: end - start, chain: { seq: firstSeq - 1 } });
    expect(alone.leftOut).toContainEqual(expect.stringContaining(said));
    expect((await verify(directory, [anchor], true)).firstDifference).toMatchObject({ check: 'anchors' });
  });

  /** A copy without its last two blocks, and the seq where it ends now. */
  function cutOff(): { directory: string; last: number } {
    let last = 0;
    const directory = tampered((bytes, blocks) => {
      const cut = blocks.at(-2) as Block;
      last = cut.firstSeq - 1;
      return bytes.subarray(0, cut.start);
    });
    return { directory, last };
  }

  test('the last frames cut off, by a snapshot that was made of them', async () => {
    const { directory, last } = cutOff();
    const { seq } = await chainAt(original);
    expect((await verify(directory, [], true)).firstDifference).toMatchObject({
      check: 'snapshots',
      seq: last,
      field: expect.stringContaining(`${directory}/snapshots/`),
      expected: `seq ${seq} or later`,
      actual: `seq ${last}`,
    });
  });

  test('the last frames cut off and the snapshots too, by what somebody kept of them', async () => {
    const anchor = { ...(await chainAt(original)), origin: 'test' };
    const { directory, last } = cutOff();
    rmSync(join(directory, 'snapshots'), { recursive: true });
    expect((await verify(directory, [], true)).firstDifference).toBeNull();
    const { firstDifference } = await verify(directory, [anchor], true);
    expect(firstDifference).toMatchObject({ check: 'anchors', seq: last, expected: `${anchor.seq} or later`, actual: String(last) });
  });

  test.each(['snapshots', 'audit-states'])('a state in %s that is another than the events come to', async (name) => {
    const directory = newDirectory();
    cpSync(original, directory, { recursive: true });
    const journal = await openFileJournalReader(directory);
    const states = new States(journal, { sources: [], kept: undefined });
    const [at, later] = [120, 121];
    const { revision } = await states.at(at);
    const content = snapshotBytes((await states.at(later)).engine.state);
    const kept = new Snapshots(join(directory, name));
    const file = await kept.write(journal.meta, { seq: at, revision, chainHash: await journal.chainHash(at), content });
    await journal.close();
    const { firstDifference } = await verify(directory, [], true);
    expect(firstDifference).toMatchObject({ check: 'snapshots', seq: at, field: `content of ${file}`, actual: 'another state' });
  });

  test('two frames swapped', async () => {
    let first: Block | undefined;
    const directory = tampered((bytes, blocks) => {
      const [a, b] = [blocks[3] as Block, blocks[4] as Block];
      first = a;
      return Buffer.concat([
        bytes.subarray(0, a.start),
        bytes.subarray(b.start, b.end),
        bytes.subarray(a.start, a.end),
        bytes.subarray(b.end),
      ]);
    });
    const { firstDifference } = await verify(directory);
    expect(firstDifference).toMatchObject({ check: 'frames', seq: (first as Block).firstSeq });
  });

  test('two records swapped and framed again', async () => {
    const records = new Map<number, Uint8Array>();
    await rewritten(original, (bytes, seq) => {
      records.set(seq, Uint8Array.from(bytes));
      return bytes;
    });
    const directory = await rewritten(original, (bytes, seq) =>
      seq === 50 || seq === 51 ? (records.get(101 - seq) as Uint8Array) : bytes,
    );
    const { firstDifference } = await verify(directory, [], true);
    expect(firstDifference).toMatchObject({ check: 'records', seq: 50, field: 'seq', expected: '50', actual: '51' });
  });

  test('one amount forged, and framed and hashed again: by event, field and both values, twice over', async () => {
    let place: object | undefined;
    const directory = await rewritten(original, (bytes) => {
      if (place !== undefined) return bytes;
      const record = decodeRecord(new ByteReader(bytes));
      const at = record.events.findIndex(({ type }) => type === 'FundsDeposited');
      const event = record.events[at];
      if (event?.type !== 'FundsDeposited') return bytes;
      place = { seq: record.seq, index: at + 1, event: 'FundsDeposited', field: 'amount' };
      const writer = new ByteWriter();
      const events = record.events.map((other) => (other === event ? { ...event, amount: Number(event.amount) + 1 } : other));
      encodeRecord(writer, { ...record, events });
      return writer.written();
    });
    const report = await verify(directory);
    const execution = report.checks.find(({ check }) => check === 're-execution')?.difference;
    expect(execution).toMatchObject(place as object);
    expect(Number(execution?.actual)).toBeCloseTo(Number(execution?.expected) + 0.000001, 9);
    const model = report.checks.find(({ check }) => check === 'decimal model')?.difference;
    expect(model).toMatchObject(place as object);
    expect(report.firstDifference).toMatchObject(place as object);
  });

  test('a whole history forged consistently: by an anchor and by a signed checkpoint alone', async () => {
    let isForged = false;
    const forge = (command: Command): Command => {
      if (isForged || command.type !== 'Deposit') return command;
      isForged = true;
      return { ...command, data: { ...command.data, amount: '9999' } };
    };
    const forged = await makeJournal({ seed: 11, commands: COMMANDS, change: forge });
    const { seq, hash } = await chainAt(original, 60);
    expect(await chainAt(forged, 60)).not.toEqual({ seq, hash });
    expect((await verify(forged)).firstDifference).toBeNull();
    expect((await verify(forged, [{ seq, hash, origin: '--anchor' }], true)).firstDifference).toMatchObject({
      check: 'anchors',
      seq,
      expected: hash,
    });

    const keys = generateKeyPairSync('ed25519');
    const journal = await openFileJournalReader(original);
    const signed = await signCheckpoint(journal, 60, readPrivateKey(keys.privateKey.export({ type: 'pkcs8', format: 'pem' })));
    await journal.close();
    const anchor = anchorOf(signed, keys.publicKey, 0);
    expect((await verify(original, [anchor], true)).anchored).toBe(true);
    expect((await verify(forged, [anchor], true)).firstDifference).toMatchObject({ check: 'anchors', seq: 60 });
    const other = generateKeyPairSync('ed25519');
    expect(() => anchorOf(signed, other.publicKey, 0)).toThrow(DifferenceFound);
    expect(() => anchorOf({ ...signed, hash: '0'.repeat(64) }, keys.publicKey, 0)).toThrow(DifferenceFound);
  });
});
