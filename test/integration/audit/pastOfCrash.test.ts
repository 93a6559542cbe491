import { generateCrash } from '../../../scripts/crash/generate';
import { States } from '../../../src/audit/read/states';
import { decodeCommand } from '../../../src/contract/decode';
import type { Sequenced } from '../../../src/engine/engine';
import { openFileJournalReader, Snapshots } from '../../../src/journal';
import { openFileNode } from '../../../src/runtime/fileNode';
import { stateHash } from '../../../src/runtime/stateHash';
import { newDirectory, removeDirectories } from '../../support/audit/journals';
import { Draw } from '../../support/generator/draw';
import { runProgram } from '../../support/killLoop/program';

jest.setTimeout(300_000);

const BLOCKS = 300;
const LOOKS = 1_000;

let directory: string;
/** The state's hash after each of 1,000 random commands, recorded by the node while it ran. */
const live = new Map<number, string>();

beforeAll(async () => {
  const commands: object[] = [];
  generateCrash(BLOCKS, 1, (command) => commands.push(command));
  const draw = new Draw(2025);
  const chosen = new Set<number>();
  while (chosen.size < LOOKS) chosen.add(1 + draw.below(commands.length));
  directory = newDirectory();
  const { node } = await openFileNode({ dataDirectory: directory, snapshotEvery: 20_000, commandMemory: 1_000 });
  for (const command of commands) {
    if (!node.journal.isReady) await node.journal.ready();
    node.submit(decodeCommand(command) as Sequenced, { kind: 'FILE' }, 'test');
    const { state } = node.engine;
    if (chosen.has(state.seq)) live.set(state.seq, stateHash(state));
  }
  await node.close();
});
afterAll(removeDirectories);

describe('the crash of 2025-10-10 on a journal', () => {
  test('state --at is, by hash, what the node had after each of 1,000 random commands', async () => {
    expect(live.size).toBe(LOOKS);
    const journal = await openFileJournalReader(directory);
    const seqs = [...live.keys()].sort((a, b) => a - b);
    const found = new Map<number, string>();
    for await (const { state } of new States(journal, { sources: [], kept: undefined }).each(seqs)) found.set(state.seq, stateHash(state));
    expect(found).toEqual(live);

    // The way of the command line: from states kept on the way, whatever the order of the questions.
    const draw = new Draw(10);
    const kept = new Snapshots(newDirectory(), undefined, 1_000);
    const states = new States(journal, { sources: [new Snapshots(`${directory}/snapshots`)], kept, everyEvents: 5_000 });
    for (let looks = 0; looks < 10; looks++) {
      const seq = draw.pick(seqs);
      expect([seq, stateHash((await states.at(seq)).engine.state)]).toEqual([seq, live.get(seq)]);
    }
    await journal.close();
    const seq = draw.pick(seqs);
    const { code, stdout } = await runProgram(['audit', 'state', '--json', '--at', String(seq), '--data', directory]);
    expect([code, JSON.parse(stdout)]).toMatchObject([0, { state: { seq, hash: live.get(seq) } }]);
  });
});
