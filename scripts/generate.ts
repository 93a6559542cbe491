import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './generate/files';

const directory = join(__dirname, '..', 'src', 'contract', 'generated');
for (const [name, text] of Object.entries(generatedFiles())) writeFileSync(join(directory, name), text);
