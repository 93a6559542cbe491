import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../architecture/modules';
import { textOf } from '../../support/compose/composeFile';

interface Instruction {
  readonly word: string;
  readonly rest: string;
}

function instructions(text: string): Instruction[] {
  const lines = text.replace(/\\\n/g, ' ').split('\n');
  return lines.flatMap((line) => {
    const found = /^([A-Z]+) (.*)$/.exec(line);
    return found === null ? [] : [{ word: found[1] as string, rest: found[2] as string }];
  });
}

const all = instructions(textOf('Dockerfile'));
const last = all.slice(all.map(({ word }) => word).lastIndexOf('FROM'));
const of = (stage: readonly Instruction[], word: string) => stage.filter((each) => each.word === word).map(({ rest }) => rest);

describe('Dockerfile', () => {
  test('builds in one stage and ships another, both of one stated Node 20', () => {
    const bases = of(all, 'FROM').map((rest) => rest.split(' ')[0]);
    expect(bases).toHaveLength(2);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^node:20\.\d+\.\d+-[a-z-]+$/);
  });

  test('runs as nobody in particular, with the command line of the package', () => {
    const words = last.map(({ word }) => word);
    expect(of(last, 'USER')).toEqual(['node']);
    expect(words.indexOf('USER')).toBeLessThan(words.indexOf('ENTRYPOINT'));
    expect(words.slice(words.indexOf('USER'))).not.toContain('RUN');
    const [, ...started] = (textOf('src/cli/main.ts').split('\n')[0] as string).split(' ');
    const program = `/app/${JSON.parse(textOf('package.json')).bin.bulkhead}`;
    expect(started.slice(0, 2)).toEqual(['-S', 'node']);
    expect(JSON.parse(of(last, 'ENTRYPOINT')[0] as string)).toEqual([...started.slice(1), program]);
  });

  test('copies what is there and not kept out of the build', () => {
    const ignored = textOf('.dockerignore').trim().split('\n');
    const sources = of(all, 'COPY').filter((rest) => !rest.startsWith('--from'));
    for (const source of sources.flatMap((rest) => rest.split(' ').slice(0, -1))) {
      expect([source, existsSync(join(root, source))]).toEqual([source, true]);
      expect(ignored).not.toContain(source);
    }
  });

  test('ships the queries of the projections, and nothing of the tests', () => {
    expect(of(last, 'COPY')).toContain('projections ./projections');
    expect(of(all, 'COPY').join(' ')).not.toContain('test');
  });
});
