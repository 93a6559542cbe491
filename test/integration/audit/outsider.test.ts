import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsFrom } from '../../../src/audit/read/records';
import { bodyHash } from '../../../src/contract/body';
import { ByteWriter } from '../../../src/contract/bytes';
import type { Command } from '../../../src/contract/commands';
import { encodeRecord, type JournalRecord } from '../../../src/contract/record';
import { openFileJournalReader } from '../../../src/journal';
import { RunningChain } from '../../../src/journal/runningChain';
import { chainAt, makeJournal, removeDirectories } from '../../support/audit/journals';
import { documentedExample, root } from '../../support/documents';

const page = readFileSync(join(root, 'docs/journal-format.md'), 'utf8');

const hasPython = spawnSync('python3', ['--version']).status === 0;
const withPython = hasPython ? test : test.skip;

afterAll(() => {
  removeDirectories();
  if (!hasPython)
    process.stderr.write('\nNOT RUN: the verifier in another language (test/integration/audit/outsider.test.ts) needs python3.\n');
});

function verifier(directory: string) {
  const args = [join(__dirname, 'verifier.py'), directory, join(root, 'docs/journal-tables.json')];
  const { status, stdout, stderr } = spawnSync('python3', args, { encoding: 'utf8' });
  return { status, found: status === 0 ? JSON.parse(stdout) : undefined, stderr };
}

describe('a verifier written from the page alone, in Python', () => {
  withPython('reads every record of a journal over several segments and comes to the same chain', async () => {
    const directory = await makeJournal({ seed: 21, commands: 900, segmentBytes: 64 * 1024 });
    expect(readdirSync(join(directory, 'segments')).length).toBeGreaterThan(1);
    const journal = await openFileJournalReader(directory);
    const commands: Record<string, number> = {};
    const events: Record<string, number> = {};
    let rejected = 0;
    for await (const { command, status, events: listed } of commandsFrom(journal)) {
      commands[command.type] = (commands[command.type] ?? 0) + 1;
      rejected += status === 'REJECTED' ? 1 : 0;
      for (const { type } of listed) events[type] = (events[type] ?? 0) + 1;
    }
    const { durable } = journal;
    await journal.close();
    const { status, found, stderr } = verifier(directory);
    expect([status, stderr]).toEqual([0, '']);
    expect(found).toMatchObject({ ...(await chainAt(directory)), records: durable.revision + 1, commands, events, rejected });
    // Most kinds of commands and events there are, so that most rows of the tables were read.
    expect(Object.keys(commands).length).toBeGreaterThan(15);
    expect(Object.keys(events).length).toBeGreaterThan(28);
  });

  withPython('finds a flipped bit', async () => {
    const directory = await makeJournal({ seed: 22, commands: 100 });
    const path = join(directory, 'segments', readdirSync(join(directory, 'segments'))[0] as string);
    const bytes = readFileSync(path);
    bytes.writeUInt8(bytes.readUInt8(1_000) ^ 4, 1_000);
    writeFileSync(path, bytes);
    expect(verifier(directory)).toMatchObject({ status: 1, stderr: expect.stringContaining('a block is not whole') });
  });

  withPython('says how it is run, and where there is no journal', () => {
    const { status, stderr } = spawnSync('python3', [join(__dirname, 'verifier.py')], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^usage: python3 verifier\.py DIR TABLES\.json/)]);
    expect(verifier(join(root, 'docs'))).toMatchObject({ status: 1, stderr: expect.stringContaining('there is no journal in') });
  });
});

/** The hex digits of an example of the page, its words aside. */
function hexOf(name: string): string {
  return documentedExample(name)
    .code.split('\n')
    .map((line) => line.slice(0, 33))
    .join('')
    .replaceAll(' ', '');
}

describe('the worked example of the page', () => {
  const command = { commandId: '2', type: 'Deposit', data: { accountId: 'alice', currency: 'USD', amount: '10000' } } as Command;
  const time = 1_763_800_000_000;
  const record = {
    ...{ seq: 1, time, source: { kind: 'FILE' }, actor: 'cli', status: 'ACCEPTED', raw: false, command, bodyHash: bodyHash(command) },
    events: [
      { type: 'AccountOpened', time, accountId: 'alice' },
      { type: 'FundsDeposited', time, accountId: 'alice', currency: 'USD', amount: 10_000_000_000 },
    ],
  } as JournalRecord;
  const writer = new ByteWriter();
  encodeRecord(writer, record);

  test('has the bytes that the program writes', () => {
    expect(hexOf('record')).toBe(Buffer.from(writer.written()).toString('hex'));
    expect(page).toContain(`${writer.position} bytes. The chain`);
  });

  test('has the chain that the program computes', () => {
    const chain = new RunningChain();
    const links = [`link 0      ${chain.hash().toString('hex')}`];
    chain.add(writer.written());
    links.push(`at seq 1    ${chain.hash().toString('hex')}`);
    expect(documentedExample('chain').code).toBe(links.join('\n'));
  });
});
