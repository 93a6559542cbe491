import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StoredHappened } from '../../../src/views/storedHappened';
import { UnflushedDirectory } from '../../../src/views/unflushedDirectory';

describe('files that are written without flushes', () => {
  let parent: string;
  let path: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'bulkhead-unflushed-'));
    path = join(parent, 'views');
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  const write = () => writeFileSync(join(path, 'data'), 'rows');
  const read = () => readFileSync(join(path, 'data'), 'utf8');

  test('are there again after their process was killed', () => {
    new UnflushedDirectory(path, 'this boot');
    write();
    expect(new UnflushedDirectory(path, 'this boot').wasTorn).toBe(false);
    expect(read()).toBe('rows');
  });

  test('are thrown away when the machine stopped with them open', () => {
    new UnflushedDirectory(path, 'this boot');
    write();
    expect(new UnflushedDirectory(path, 'the next boot').wasTorn).toBe(true);
    expect(read).toThrow('ENOENT');
    expect(new UnflushedDirectory(path, 'the next boot').wasTorn).toBe(false);
  });

  test('are there after a stop in order, whatever became of the machine', () => {
    const directory = new UnflushedDirectory(path, 'this boot');
    write();
    directory.close();
    expect(new UnflushedDirectory(path, 'the next boot').wasTorn).toBe(false);
    expect(read()).toBe('rows');
  });

  test('are not trusted where a system has no name for a boot, unless they were closed in order', () => {
    new UnflushedDirectory(path, '');
    write();
    const again = new UnflushedDirectory(path, '');
    expect(again.wasTorn).toBe(true);
    write();
    again.close();
    expect(new UnflushedDirectory(path, '').wasTorn).toBe(false);
  });

  test('were flushed before there was a mark, and are made anew', () => {
    new UnflushedDirectory(path, 'this boot');
    write();
    rmSync(join(path, 'written-in'));
    expect(new UnflushedDirectory(path, 'this boot').wasTorn).toBe(true);
  });

  test('say of a torn store that nothing is kept', async () => {
    const store = new StoredHappened(path, 'a');
    store.commit(7, 'hash');
    await store.close();
    const whole = new StoredHappened(path, 'a');
    expect(whole.kept.seq).toBe(7);
    await whole.close();
    writeFileSync(join(path, 'written-in'), 'another boot');
    const torn = new StoredHappened(path, 'a');
    expect([torn.wasTorn, torn.kept.seq]).toEqual([true, 0]);
    await torn.close();
  });
});
