// A long run: does memory stay as it is while one photo is posted tens of thousands of times, and what does the program allocate for each?
// By itself, not within `make bench`: 50,000 photos take some eight minutes. `node bench/report.mjs` shows its last result.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fileURLToPath } from 'node:url';
import { fail, publishedBinary, startDaemon } from '../tools/daemon.mjs';
import { runClients } from './clients.mjs';
import { conduct, figure, machine, makePhotos, memoryMiB, metric, temporaryFolder } from './harness.mjs';
import { asText } from './report.mjs';

const usage = `usage: node bench/soak.mjs [--requests 50000] [--clients 4] [--size vga|1080p | --photo FILE] [--binary FILE] [--json]
  --requests  posts by --clients at once, after 1,000 that do not count; memory is read twenty times on the way
  --size      of the photo that is made with ffmpeg (default 1080p); --photo posts one of yours
  --json      prints the result as bench/results/soak.json keeps it, not as tables`;

/** By then the person has nothing left to teach, and every buffer and thread that it takes is there. */
const warmUp = 1000;

const fair = [
  'The same photo again and again, a comment in the JPEG making each another file; multipart forms over kept connections, as most clients send them.',
  'Memory is VmRSS. Allocated is what .NET counts of its own heap, after 1,000 posts that do not count; photos, pixels and network inputs are '
    + 'native and pooled. The bare photo (`image/jpeg` as the body) is posted 1,000 times at the end.',
];
const unfair = ['No peer. One photo of one person: a gallery that grows takes the 2.9 kB a person more that docs/operations.md tells.'];

/** The bytes that the program allocates for each photo while `work` posts some. */
async function allocatedBy(daemon, work) {
  const before = await metric(daemon.url, 'dotnet_gc_allocated_bytes_total');
  const load = await work();
  return { load, bytes: (await metric(daemon.url, 'dotnet_gc_allocated_bytes_total') - before) / load.answered };
}

/** Runs it; see `save` in harness.mjs for the form of the result. */
export async function run({ binary, log, photo, clients, requests }) {
  const daemon = await startDaemon(binary);
  const memory = [[0, memoryMiB(daemon.pid, 'VmRSS')]];
  await runClients(daemon, photo, clients, { posts: warmUp, form: true });
  memory.push([warmUp, memoryMiB(daemon.pid, 'VmRSS')]);
  log(`${photo.name}, ${clients} clients, ${requests} posts`);
  const step = Math.max(Math.floor(requests / 20), 1);
  const forms = await allocatedBy(daemon, () => runClients(daemon, photo, clients, {
    posts: requests, form: true, watch: answered => {
      if (answered % step === 0) memory.push([warmUp + answered, memoryMiB(daemon.pid, 'VmRSS')]);
    },
  }));
  const bare = await allocatedBy(daemon, () => runClients(daemon, photo, clients, { posts: 1000 }));
  const peak = memoryMiB(daemon.pid, 'VmHWM'), complaints = daemon.output();
  await daemon.stop();
  if (/ (fail|crit): /.test(complaints)) throw new Error(`the daemon logged errors:\n${complaints}`);

  const [, warm] = memory[1], [, end] = memory.at(-1), columns = ['perSecond', 'p50', 'p95', 'p99', 'cpuMs'];
  return {
    bench: 'soak', title: 'A long run',
    tables: [
      {
        title: `${photo.name}, ${requests.toLocaleString('en-US')} posts by ${clients} clients`,
        rows: [['body', 'photos/s', 'p50 ms', 'p95 ms', 'p99 ms', 'server CPU ms a photo', 'allocated bytes a photo'],
          ...[['form', forms], ['bare photo, 1,000 posts', bare]].map(([body, { load, bytes }]) => [body, ...columns.map(field => figure(load[field])), figure(bytes)])],
      },
      { title: 'Resident memory', rows: [['posts', 'MiB'], ...memory.map(([posts, mib]) => [posts.toLocaleString('en-US'), figure(mib)]), ['at most', figure(peak)]] },
    ],
    goals: [
      { goal: `memory after ${requests.toLocaleString('en-US')} more photos, of that after ${warmUp.toLocaleString('en-US')}`, wanted: '1.05 or less', got: figure(end / warm), met: end / warm <= 1.05 },
      { goal: 'allocated a photo', wanted: '1 kB or less', got: `${figure(forms.bytes / 1000)} kB (form), ${figure(bare.bytes / 1000)} kB (bare photo)`, met: forms.bytes <= 1000 },
    ],
    fair, unfair, raw: { memory, forms, bare },
  };
}

function photoOf({ photo, size }) {
  if (photo) return { name: photo, bytes: readFileSync(photo) };
  const at = ['vga', '1080p'].indexOf(size);
  if (at < 0) fail(usage);
  return makePhotos(temporaryFolder('photos'))[at];
}

async function main() {
  let options;
  try {
    options = parseArgs({
      options: {
        requests: { type: 'string', default: '50000' }, clients: { type: 'string', default: '4' }, size: { type: 'string', default: '1080p' },
        photo: { type: 'string' }, binary: { type: 'string', default: publishedBinary }, json: { type: 'boolean' }, help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    fail(`${error.message}\n${usage}`);
  }
  if (options.help) return console.log(usage);
  const requests = Number(options.requests), clients = Number(options.clients);
  if (![requests, clients].every(n => Number.isInteger(n) && n > 0)) fail(usage);
  const photo = photoOf(options);
  const result = await conduct(
    given => run({ ...given, photo, clients, requests }), { binary: options.binary, quick: requests < 50_000 }, machine(), text => console.error(`soak: ${text}`));
  console.log(options.json ? JSON.stringify(result) : asText(result));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main().catch(error => fail(`soak: ${error.stack}`));
