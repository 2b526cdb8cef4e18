// What one request costs: latency as a client on the same machine sees it, CPU time of the server, its memory, its start.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fail, publishedBinary, quantile, startDaemon, table } from '../tools/daemon.mjs';
import { makePhotos, measureRequests, memoryMiB, mustAnswer, temporaryFolder } from './harness.mjs';

const usage = `usage: node bench/requests.mjs [--binary FILE | --url URL --pid PID] [--requests 300] [--warmup 20] [--starts 5] [--total 1000]
                              [--photo NAME=FILE]... [--json]
  --binary    the daemon to start with a throw-away database (default: the published one)
  --url, --pid  a running daemon instead; its start is not measured
  --photo     photos to post; without any a VGA, a 1080p and a 12 MP photo are made with ffmpeg
  --requests  measured requests a photo, one after another; --warmup requests before them are not counted
  --total     resident memory is read after this many requests in all;  --starts: how often the start is measured`;

async function measurePhoto(url, pid, photo, requests, warmup) {
  for (let i = 0; i < warmup; i++) await mustAnswer(url, photo);
  const { wallMs, p95Ms, cpuMs } = await measureRequests(url, pid, photo, requests);
  return { photo: photo.name, kB: photo.bytes.length / 1000, medianMs: wallMs, p95Ms, cpuMs, requests };
}

/** Times from the start of the process to its `ready` line and to its first answer to a posted photo. */
async function measureStart(binary, photo, starts) {
  const ready = [], first = [];
  for (let i = 0; i < starts; i++) {
    const daemon = await startDaemon(binary);
    await mustAnswer(daemon.url, photo);
    first.push(performance.now() - daemon.startedAt);
    ready.push(daemon.readyMs);
    await daemon.stop();
  }
  return { starts, readyMs: quantile(ready, 0.5), firstAnswerMs: quantile(first, 0.5) };
}

async function main(options, folder) {
  const count = name => {
    const value = Number(options[name]);
    return Number.isInteger(value) && value >= (name === 'requests' ? 1 : 0) ? value : fail(usage);
  };
  const requests = count('requests'), warmup = count('warmup'), starts = count('starts'), total = count('total');
  if ((options.url === undefined) !== (options.pid === undefined)) fail(usage);
  const photos = options.photo?.map(pair => {
    const split = pair.indexOf('=');
    return { name: pair.slice(0, split), bytes: readFileSync(pair.slice(split + 1)) };
  }) ?? makePhotos(folder);

  const result = { bench: 'requests' };
  if (!options.url && starts > 0) {
    console.error(`requests: starting the daemon ${starts} times`);
    result.start = await measureStart(options.binary, photos[0], starts);
  }
  const daemon = options.url ? null : await startDaemon(options.binary);
  const url = options.url ?? daemon.url, pid = Number(options.pid ?? daemon.pid);
  await new Promise(resolve => setTimeout(resolve, 2000));
  result.rssIdleMiB = memoryMiB(pid, 'VmRSS');
  result.photos = [];
  for (const photo of photos) {
    console.error(`requests: ${photo.name}, ${warmup} + ${requests} requests`);
    result.photos.push(await measurePhoto(url, pid, photo, requests, warmup));
  }
  let posted = photos.length * (warmup + requests);
  if (posted < total) console.error(`requests: ${total - posted} more, to read the memory after ${total}`);
  for (; posted < total; posted++) await mustAnswer(url, photos[posted % photos.length]);
  result.totalRequests = posted;
  result.rssAfterMiB = memoryMiB(pid, 'VmRSS');
  result.rssPeakMiB = memoryMiB(pid, 'VmHWM');
  await daemon?.stop();

  if (!options.json) {
    console.log(table([
      ['photo', 'kB', 'median ms', 'p95 ms', 'server CPU ms', 'requests'],
      ...result.photos.map(p => [p.photo, p.kB.toFixed(0), p.medianMs.toFixed(1), p.p95Ms.toFixed(1), p.cpuMs.toFixed(1), p.requests]),
    ]));
    if (result.start) {
      console.log(`start (median of ${result.start.starts}, empty gallery): ready after ${result.start.readyMs.toFixed(0)} ms, ` +
        `first photo answered after ${result.start.firstAnswerMs.toFixed(0)} ms`);
    }
    console.log(`resident memory: idle ${result.rssIdleMiB.toFixed(0)} MiB, after ${posted} requests ${result.rssAfterMiB.toFixed(0)} MiB, peak ${result.rssPeakMiB.toFixed(0)} MiB`);
  }
  console.log(JSON.stringify(result, (_, value) => typeof value === 'number' ? Number(value.toFixed(2)) : value));
}

let options;
try {
  options = parseArgs({
    options: {
      binary: { type: 'string', default: publishedBinary }, url: { type: 'string' }, pid: { type: 'string' },
      requests: { type: 'string', default: '300' }, warmup: { type: 'string', default: '20' }, starts: { type: 'string', default: '5' },
      total: { type: 'string', default: '1000' }, photo: { type: 'string', multiple: true }, json: { type: 'boolean' }, help: { type: 'boolean' },
    },
  }).values;
} catch (error) {
  fail(`${error.message}\n${usage}`);
}
if (options.help) {
  console.log(usage);
} else {
  await main(options, temporaryFolder('photos')).catch(error => fail(`requests: ${error.message}`));
}
