// Under load: 1 to 128 clients, each posting a photo again as soon as the last is answered. Does the throughput hold, and who waits how long?
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startDaemon } from '../tools/daemon.mjs';
import { runClients } from './clients.mjs';
import { cpuSeconds, figure, makePhotos, median, mustAnswer, temporaryFolder } from './harness.mjs';
import { wrk } from './peers/wrk.mjs';

const fair = [
  'Closed loop: a client waits for its answer, then posts the next photo (VGA, kept connections, every one with bytes of its own). One that gets 503 waits `Retry-After` seconds.',
  'Clients and server share two cores; `client cores` says what the clients took of them. wrk with a Lua script posts the same photo (same bytes '
    + 'each time) for comparison: where it reaches the same rate, the Node clients are no bottleneck.',
  '64 is also the gate (`Limits:MaxConcurrentRequests`): 128 clients show what is refused, and that the answered ones wait no longer for it. '
    + '`hasty` ones come back after 100 ms, whatever `Retry-After` says.',
];
const unfair = ['No peer: Flask\'s development server with dlib takes one photo at a time, at the CPU time told under "One photo".'];

/** The same photo posted by wrk (a C program), as raw image/jpeg. */
async function measureWithWrk(daemon, photo, folder, seconds) {
  const script = join(folder, 'post.lua');
  writeFileSync(script, `local file = io.open("${photo.file}", "rb")\nwrk.method = "POST"\nwrk.body = file:read("*a")\nwrk.headers["Content-Type"] = "image/jpeg"\n`);
  const cpu = cpuSeconds(daemon.pid);
  const { requests, seconds: took, errors } = await wrk(`${daemon.url}/face/predict`, seconds, { script });
  if (errors > 0) throw new Error(`load: wrk saw ${errors} errors`);
  return { perSecond: requests / took, cpuMs: (cpuSeconds(daemon.pid) - cpu) * 1000 / requests };
}

/** Runs it; see `save` in harness.mjs for the form of the result. */
export async function run({ binary, quick, log }) {
  const folder = temporaryFolder('photos'), photo = makePhotos(folder)[0];
  const daemon = await startDaemon(binary);
  for (let i = 0; i < 20; i++) await mustAnswer(daemon.url, photo);
  const counts = [1, 4, 16, 64, 128], rounds = quick ? 1 : 3, seconds = quick ? 4 : 8;
  const samples = new Map([...counts, 'hasty'].map(name => [name, []])), byWrk = [];
  log(`${counts.join(', ')} clients, ${rounds} rounds of ${seconds} s each`);
  for (let round = 0; round < rounds; round++) {
    for (const clients of counts) samples.get(clients).push(await runClients(daemon, photo, clients, { seconds }));
    samples.get('hasty').push(await runClients(daemon, photo, 128, { seconds, retryMs: 100 }));
    byWrk.push(await measureWithWrk(daemon, photo, folder, seconds));
  }
  await daemon.stop();
  const of = (clients, field) => median(samples.get(clients), field);
  const best = Math.max(...counts.map(clients => of(clients, 'perSecond'))), holds = of(64, 'perSecond') / best;
  const undisturbed = of('hasty', 'perSecond') / of(128, 'perSecond');
  const columns = ['perSecond', 'p50', 'p95', 'p99', 'refused', 'cpuMs', 'serverCores', 'clientCores'];
  const polite = samples.get(128).every(({ withRetryAfter }) => withRetryAfter);
  return {
    bench: 'load', title: 'Under load',
    tables: [{
      title: 'VGA photos, medians',
      rows: [['clients', 'photos/s', 'p50 ms', 'p95 ms', 'p99 ms', '503s', 'server CPU ms a photo', 'server cores', 'client cores'],
        ...counts.map(clients => [clients, ...columns.map(field => figure(of(clients, field)))]),
        ['128, hasty', ...columns.map(field => figure(of('hasty', field)))],
        ['16, by wrk', figure(median(byWrk, 'perSecond')), '', '', '', '', figure(median(byWrk, 'cpuMs')), '', '']],
    }],
    goals: [
      { goal: 'throughput with 64 clients, of its peak', wanted: '0.9 or more', got: figure(holds), met: holds >= 0.9 },
      { goal: 'p95 with 64 clients, of 64 photos\' work', wanted: 'in proportion (2 or less)', got: figure(of(64, 'p95') * of(64, 'perSecond') / 64e3), met: of(64, 'p95') * of(64, 'perSecond') / 64e3 <= 2 },
      { goal: 'beyond the gate: 503 with `Retry-After`', wanted: 'always', got: `${of(128, 'refused')} in ${seconds} s, ${polite ? 'all' : 'not all'} with it`, met: polite && of(128, 'refused') > 0 },
      { goal: 'throughput when 128 clients come back too soon, of 128 patient ones', wanted: '0.9 or more', got: figure(undisturbed), met: undisturbed >= 0.9 },
    ],
    fair, unfair, raw: { samples: Object.fromEntries(samples), wrk: byWrk },
  };
}
