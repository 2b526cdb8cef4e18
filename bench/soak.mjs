// Does it stay as it is? The same photo posted thousands of times over kept connections, first by few clients, then by more than there are
// places, watching throughput, latency, memory and what the program allocates.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, media, publishedBinary, quantile, startDaemon, table } from '../tools/daemon.mjs';
import { temporaryFolder } from './harness.mjs';

const usage = `usage: node bench/soak.mjs [--binary FILE] [--requests 50000] [--clients 4] [--photo FILE] [--loads 1,4,16,64,128] [--each 400] [--json]
  --requests  posts of the soak, by --clients at once; memory is read twenty times on the way
  --loads     before it, throughput and latency with so many clients at once, --each posts; beyond 64 places a client hears 503 and posts again
  --photo     without one, a 1080p photo is made with ffmpeg`;

const boundary = 'faceedge-soak';

/** Posts a photo over the agent's connections: { status, ms, retryAfter }. */
function post(url, agent, body) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const request = http.request(`${url}/face/predict`, {
      method: 'POST', agent, headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': body.length },
    }, response => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - started, retryAfter: response.headers['retry-after'] }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** `count` answered posts by `clients` at once. A refused one is posted again when `Retry-After` says; anything but 200 and 503 ends the run. */
async function load(url, body, clients, count, watch = () => {}) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const latencies = [];
  let begun = 0, answered = 0, refused = 0, hasty = 0;
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, async () => {
    while (begun < count) {
      begun++;
      for (;;) {
        const answer = await post(url, agent, body);
        if (answer.status === 200) {
          latencies.push(answer.ms);
          watch(++answered);
          break;
        }
        if (answer.status !== 503) throw new Error(`the daemon answered ${answer.status}`);
        if (!answer.retryAfter) hasty++;
        refused++;
        await new Promise(resolve => setTimeout(resolve, 1000 * Number(answer.retryAfter ?? 1)));
      }
    }
  }));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  return {
    clients, answered, refused, withoutRetryAfter: hasty, perSecond: answered / seconds, medianMs: quantile(latencies, 0.5), p95Ms: quantile(latencies, 0.95),
  };
}

async function gauge(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1]);
}

const memoryMiB = pid => Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

function makePhoto(folder) {
  const file = join(folder, '1080p.jpg');
  const filter = 'scale=1920:1080:force_original_aspect_ratio=decrease,pad=1920:1080:(ow-iw)/2:(oh-ih)/2:gray,noise=alls=8:allf=t';
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', media('franck_02221.jpg'), '-vf', filter, '-pix_fmt', 'yuvj420p', '-q:v', '3', file]);
  return file;
}

async function main(options, folder) {
  const requests = Number(options.requests), clients = Number(options.clients), each = Number(options.each);
  const loads = options.loads === '' ? [] : options.loads.split(',').map(Number);
  if (![requests, clients, each, ...loads].every(n => Number.isInteger(n) && n > 0)) fail(usage);
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`),
    readFileSync(options.photo ?? makePhoto(folder)), Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  const daemon = await startDaemon(options.binary);
  const result = { bench: 'soak', idleMiB: memoryMiB(daemon.pid), loads: [], memory: [] };
  await load(daemon.url, body, 1, 40); // The person is known then, and has nothing left to teach.
  for (const n of loads) {
    console.error(`soak: ${n} clients, ${each} posts`);
    result.loads.push(await load(daemon.url, body, n, each));
  }
  console.error(`soak: ${clients} clients, ${requests} posts`);
  const before = await gauge(daemon.url, 'dotnet_gc_allocated_bytes_total');
  const step = Math.max(Math.floor(requests / 20), 1);
  result.soak = await load(daemon.url, body, clients, requests, answered => {
    if (answered % step === 0) result.memory.push({ requests: answered, MiB: memoryMiB(daemon.pid) });
  });
  result.allocatedBytesPerRequest = (await gauge(daemon.url, 'dotnet_gc_allocated_bytes_total') - before) / result.soak.answered;
  const log = daemon.output();
  await daemon.stop();
  if (!options.json) {
    console.log(table([
      ['clients', 'photos/s', 'median ms', 'p95 ms', 'refused (503)'],
      ...[...result.loads, result.soak].map(l => [l.clients, l.perSecond.toFixed(1), l.medianMs.toFixed(1), l.p95Ms.toFixed(1), l.refused]),
    ]));
    console.log(table([['requests', 'resident MiB'], [0, result.idleMiB.toFixed(0)], ...result.memory.map(m => [m.requests, m.MiB.toFixed(0)])]));
    console.log(`allocated by the program: ${result.allocatedBytesPerRequest.toFixed(0)} bytes a request`);
  }
  console.log(JSON.stringify(result, (_, value) => typeof value === 'number' ? Number(value.toFixed(2)) : value));
  if (/ fail: | crit: /.test(log)) fail('soak: the daemon logged errors');
}

let options;
try {
  options = parseArgs({
    options: {
      binary: { type: 'string', default: publishedBinary }, requests: { type: 'string', default: '50000' }, clients: { type: 'string', default: '4' },
      photo: { type: 'string' }, loads: { type: 'string', default: '1,4,16,64,128' }, each: { type: 'string', default: '400' },
      json: { type: 'boolean' }, help: { type: 'boolean' },
    },
  }).values;
} catch (error) {
  fail(`${error.message}\n${usage}`);
}
if (options.help) {
  console.log(usage);
} else {
  await main(options, temporaryFolder('photos')).catch(error => fail(`soak: ${error.message}`));
}
