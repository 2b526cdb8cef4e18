// Under load: 1 to 128 clients, each posting a photo again as soon as the last is answered. Does the throughput hold, and who waits how long?
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { quantile, startDaemon } from '../tools/daemon.mjs';
import { cpuSeconds, figure, makePhotos, median, mustAnswer, stamped, temporaryFolder } from './harness.mjs';
import { wrk } from './peers/wrk.mjs';

const fair = [
  'Closed loop: a client waits for its answer, then posts the next photo (VGA, kept connections, every one with bytes of its own). One that gets 503 waits `Retry-After` seconds.',
  'Clients and server share two cores; `client cores` says what the clients took of them. wrk with a Lua script posts the same photo (same bytes '
    + 'each time) for comparison: where it reaches the same rate, the Node clients are no bottleneck.',
  '64 is also the gate (`Limits:MaxConcurrentRequests`): 128 clients show what is refused, and that the answered ones wait no longer for it.',
];
const unfair = ['No peer: Flask\'s development server with dlib takes one photo at a time, at the CPU time told under "One photo".'];

function post(agent, url, photo) {
  const body = stamped(photo.bytes);
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    const request = http.request(`${url}/face/predict`, { method: 'POST', agent, headers: { 'Content-Type': 'image/jpeg', 'Content-Length': body.length } }, response => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - sentAt, retryAfter: Number(response.headers['retry-after']) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

async function client(agent, url, photo, until, answers) {
  while (performance.now() < until) {
    const answer = await post(agent, url, photo);
    answers.push(answer);
    if (answer.status === 503) await new Promise(resolve => setTimeout(resolve, answer.retryAfter * 1000));
    else if (answer.status !== 200) throw new Error(`load: the daemon answered ${answer.status}`);
  }
}

/** Answered photos a second, their latency, refusals, and who spent which CPU. */
async function measure(daemon, photo, clients, seconds) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const answers = [], startedAt = performance.now(), cpu = cpuSeconds(daemon.pid), own = process.cpuUsage();
  await Promise.all(Array.from({ length: clients }, () => client(agent, daemon.url, photo, startedAt + seconds * 1000, answers)));
  const took = (performance.now() - startedAt) / 1000, spent = cpuSeconds(daemon.pid) - cpu, { user, system } = process.cpuUsage(own);
  agent.destroy();
  const answered = answers.filter(({ status }) => status === 200), refused = answers.filter(({ status }) => status === 503);
  const latency = q => quantile(answered.map(({ ms }) => ms), q);
  return {
    clients, perSecond: answered.length / took, p50: latency(0.5), p95: latency(0.95), p99: latency(0.99), refused: refused.length,
    withRetryAfter: refused.every(({ retryAfter }) => retryAfter >= 1), cpuMs: spent * 1000 / answered.length, serverCores: spent / took,
    clientCores: (user + system) / 1e6 / took,
  };
}

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
  const samples = new Map(counts.map(clients => [clients, []])), byWrk = [];
  log(`${counts.join(', ')} clients, ${rounds} rounds of ${seconds} s each`);
  for (let round = 0; round < rounds; round++) {
    for (const clients of counts) samples.get(clients).push(await measure(daemon, photo, clients, seconds));
    byWrk.push(await measureWithWrk(daemon, photo, folder, seconds));
  }
  await daemon.stop();
  const of = (clients, field) => median(samples.get(clients), field);
  const best = Math.max(...counts.map(clients => of(clients, 'perSecond'))), holds = of(64, 'perSecond') / best;
  const polite = samples.get(128).every(({ withRetryAfter }) => withRetryAfter);
  return {
    bench: 'load', title: 'Under load',
    tables: [{
      title: 'VGA photos, medians',
      rows: [['clients', 'photos/s', 'p50 ms', 'p95 ms', 'p99 ms', '503s', 'server CPU ms a photo', 'server cores', 'client cores'],
        ...counts.map(clients => [clients, ...['perSecond', 'p50', 'p95', 'p99', 'refused', 'cpuMs', 'serverCores', 'clientCores'].map(field => figure(of(clients, field)))]),
        ['16, by wrk', figure(median(byWrk, 'perSecond')), '', '', '', '', figure(median(byWrk, 'cpuMs')), '', '']],
    }],
    goals: [
      { goal: 'throughput with 64 clients, of its peak', wanted: '0.9 or more', got: figure(holds), met: holds >= 0.9 },
      { goal: 'p95 with 64 clients, of 64 photos\' work', wanted: 'in proportion (2 or less)', got: figure(of(64, 'p95') * of(64, 'perSecond') / 64e3), met: of(64, 'p95') * of(64, 'perSecond') / 64e3 <= 2 },
      { goal: 'beyond the gate: 503 with `Retry-After`', wanted: 'always', got: `${of(128, 'refused')} in ${seconds} s, ${polite ? 'all' : 'not all'} with it`, met: polite && of(128, 'refused') > 0 },
    ],
    fair, unfair, raw: { samples: Object.fromEntries(samples), wrk: byWrk },
  };
}
