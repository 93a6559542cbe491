import { join } from 'node:path';
import { format } from 'node:util';
import { transformSync } from '@swc/core';
import ts from 'typescript';
import * as library from '../../../src/index';
import { documentedExample, root } from '../../support/documents';

const LONGEST = 20;

interface Example {
  readonly code: string;
  /** What the README says that it prints: the comment behind each `console.log`. */
  readonly promised: readonly string[];
}

function exampleIn(code: string): Example {
  const promised = code.split('\n').flatMap((line) => (line.includes('console.log(') ? [line.split('// ')[1] ?? ''] : []));
  return { code, promised };
}

/** Runs the block as a user's program whose only import is the library. */
function printedBy(code: string): string[] {
  const { code: script } = transformSync(code, {
    filename: 'example.ts',
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
  });
  const printed: string[] = [];
  const console = { log: (...values: unknown[]) => printed.push(format(...values)) };
  const require = (name: string): unknown => {
    if (name !== 'bulkhead') throw new Error(`the example imports ${name}`);
    return library;
  };
  new Function('require', 'exports', 'console', script)(require, {}, console);
  return printed;
}

/** What the compiler says to the block as a strict user's file beside the project. */
function typeErrors(code: string): string[] {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const file = join(root, 'readme-example.ts');
  const settings = { ...options, noEmit: true, baseUrl: root, paths: { bulkhead: ['src/index.ts'] } };
  const host = ts.createCompilerHost(settings);
  const { readFile, fileExists } = host;
  host.readFile = (name) => (name === file ? code : readFile(name));
  host.fileExists = (name) => name === file || fileExists(name);
  const getSourceFile = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version) => (name === file ? ts.createSourceFile(name, code, version) : getSourceFile(name, version));
  const program = ts.createProgram([file], settings, host);
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

describe("the README's example of the library", () => {
  const example = () => exampleIn(documentedExample('library').code);

  test('prints what its comments say', () => {
    const { code, promised } = example();
    expect(promised.length).toBeGreaterThan(0);
    expect(printedBy(code)).toEqual(promised);
  });

  test('passes a strict compiler, which would find a wrong type in it', () => {
    const { code } = example();
    expect(typeErrors(code)).toEqual([]);
    expect(typeErrors(`${code}\nengine.account(7);\n`)).toEqual([expect.stringContaining("'number' is not assignable")]);
  }, 60_000);

  test(`has ${LONGEST} lines at most`, () => {
    expect(
      example()
        .code.split('\n')
        .filter((line) => line.trim() !== '').length,
    ).toBeLessThanOrEqual(LONGEST);
  });

  test('would be found out by a wrong comment', () => {
    const { code, promised } = exampleIn('console.log(1 + 1); // 3\n');
    expect(printedBy(code)).not.toEqual(promised);
  });
});
