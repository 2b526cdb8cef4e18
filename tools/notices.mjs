// Prints the notices that go with the published daemon: THIRD-PARTY-NOTICES, then in full those of the big parts that carry
// others' code themselves: the .NET runtime packs that were linked, ONNX Runtime and SkiaSharp. All lie in the NuGet packages of the
// publish, which its project.assets.json names.
// usage: node tools/notices.mjs project.assets.json RID
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = file => readFileSync(file, 'utf8').replace(/^\uFEFF/, '').replaceAll('\r\n', '\n').trimEnd();
const print = (title, file) => process.stdout.write(`\n${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${read(file)}\n`);

process.stdout.write(read(join(root, 'THIRD-PARTY-NOTICES')) + '\n');

const assets = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const packs = Object.values(assets.project.frameworks).flatMap(framework => framework.downloadDependencies ?? [])
  .filter(({ name }) => /^Microsoft\.(NETCore|AspNetCore)\.App\.Runtime\./i.test(name) && name.endsWith(`.${process.argv[3]}`))
  .map(({ name, version }) => ({ name, version: /[\d.]+[^\s,\]]*/.exec(version)[0], file: 'THIRD-PARTY-NOTICES.TXT' })); // "[10.0.12, 10.0.12]"
const libraries = Object.keys(assets.libraries).map(key => key.split('/'));
const natives = [['Microsoft.ML.OnnxRuntime', 'ThirdPartyNotices.txt'], ['SkiaSharp.NativeAssets.Linux.NoDependencies', 'THIRD-PARTY-NOTICES.txt']]
  .map(([name, file]) => ({ name, version: libraries.find(([library]) => library === name)?.[1] ?? 'none', file }));

for (const part of [packs, natives]) {
  let found = 0;
  for (const { name, version, file } of part) {
    const folder = Object.keys(assets.packageFolders).map(cache => join(cache, name.toLowerCase(), version)).find(existsSync);
    if (!folder) continue;
    print(`${name} ${version}: third-party notices`, join(folder, file));
    found++;
  }
  if (found === 0) {
    console.error(`notices: none of ${part.map(({ name, version }) => `${name} ${version}`).join(', ')} was found, but their notices must go with the daemon`);
    process.exit(1);
  }
}
