// Prints the notices that go with the published daemon: THIRD-PARTY-NOTICES, then in full those of the big parts that carry
// others' code themselves: the .NET runtime packs that were linked (found through the publish's project.assets.json, the
// argument) and ONNX Runtime (in the npm package of its C# API).
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const read = file => readFileSync(file, 'utf8').replace(/^\uFEFF/, '').replaceAll('\r\n', '\n').trimEnd();
const print = (title, file) => process.stdout.write(`\n${'='.repeat(80)}\n${title}\n${'='.repeat(80)}\n\n${read(file)}\n`);

process.stdout.write(read(join(root, 'THIRD-PARTY-NOTICES')) + '\n');

const assets = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const packs = Object.values(assets.project.frameworks).flatMap(framework => framework.downloadDependencies ?? [])
  .filter(({ name }) => /^Microsoft\.(NETCore|AspNetCore)\.App\.Runtime\./i.test(name));
let found = 0;
for (const { name, version } of packs) {
  const exact = /[\d.]+[^\s,\]]*/.exec(version)[0]; // "[9.0.20, 9.0.20]"
  for (const folder of Object.keys(assets.packageFolders)) {
    const file = join(folder, name.toLowerCase(), exact, 'THIRD-PARTY-NOTICES.TXT');
    if (!existsSync(file)) continue;
    print(`${name} ${exact}: third-party notices`, file);
    found++;
  }
}
if (found === 0) {
  console.error('notices: no notices of the .NET runtime packs found, but they must go with the daemon');
  process.exit(1);
}
print('ONNX Runtime: third-party notices', join(root, 'models/node_modules/com.github.asus4.onnxruntime/ThirdPartyNotices.txt'));
