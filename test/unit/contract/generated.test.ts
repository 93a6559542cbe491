import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from '../../../scripts/generate/files';

const directory = join(__dirname, '..', '..', '..', 'src', 'contract', 'generated');

describe('generated code', () => {
  const files = generatedFiles();

  test.each(Object.keys(files))('%s is what `npm run generate` writes from the tables', (name) => {
    expect(readFileSync(join(directory, name), 'utf8')).toBe(files[name]);
  });

  test('nothing else lies beside it', () => {
    expect(readdirSync(directory).sort()).toEqual(Object.keys(files).sort());
  });
});
