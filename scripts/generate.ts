import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { documentFiles } from './generate/documents/files';
import { generatedFiles } from './generate/files';

function writeAll(directory: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

const root = join(__dirname, '..');
writeAll(join(root, 'src', 'contract', 'generated'), generatedFiles());
writeAll(join(root, 'docs'), documentFiles());
