import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
import { documentFiles } from '../../../scripts/generate/documents/files';

jest.setTimeout(60_000);

const docs = join(__dirname, '../../../docs');
const read = (file: string) => readFileSync(join(docs, file), 'utf8');

describe('the generated documents', () => {
  test('are what their sources make', () => {
    for (const [file, text] of Object.entries(documentFiles())) expect([file, read(file)]).toEqual([file, text]);
  });

  test('leave no schema behind whose source is gone', () => {
    const made = Object.keys(documentFiles()).filter((file) => file.startsWith('schemas/'));
    expect(readdirSync(join(docs, 'schemas')).map((file) => `schemas/${file}`)).toEqual(made.sort());
  });

  test('asyncapi.json is valid AsyncAPI', async () => {
    const { document, diagnostics } = await new Parser().parse(read('asyncapi.json'));
    expect(diagnostics.filter(({ severity }) => severity <= 1).map(({ message, path }) => `${path.join('.')}: ${message}`)).toEqual([]);
    expect(document?.channels().all().length).toBeGreaterThanOrEqual(10);
  });

  test('openapi.json is valid OpenAPI 3.1', () => {
    const validator = join(__dirname, '../../support/schemas/validateOpenApi.mjs');
    const said = execFileSync(process.execPath, [validator, join(docs, 'openapi.json')], { encoding: 'utf8' });
    expect(JSON.parse(said)).toEqual({ valid: true, version: '3.1' });
  });
});
