// What one request costs: latency as a client on the same machine sees it, CPU time of the server, its memory, its start.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, media, predict, publishedBinary, quantile, startDaemon, table } from '../tools/daemon.mjs';

const usage = `usage: node bench/requests.mjs [--binary FILE | --url URL --pid PID] [--requests 300] [--warmup 20] [--starts 5] [--total 1000]
                              [--photo NAME=FILE]... [--json]
  --binary    the daemon to start with a throw-away database (default: the published one)
  --url, --pid  a running daemon instead; its start is not measured
  --photo     photos to post; without any a VGA, a 1080p and a 12 MP photo are made with ffmpeg
  --requests  measured requests a photo, one after another; --warmup requests before them are not counted
  --total     resident memory is read after this many requests in all;  --starts: how often the start is measured`;

// The kernel counts CPU time in ticks of 1/CLK_TCK s: over some hundred requests that is fine enough.
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time of a process in seconds (proc(5), /proc/PID/stat fields 14 and 15). */
function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // field 3 is the first after the name
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** VmRSS (now) or VmHWM (at most) of a process in MiB. */
function memoryMiB(pid, field) {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/**
 * Three photos of the size cameras make, from one frame of a man (720x576). Grain is added, because an enlarged photo without
 * any would be far smaller and quicker to decode than a camera's.
 */
function makePhotos(folder) {
  const sizes = [['VGA', 640, 480], ['1080p', 1920, 1080], ['12 MP', 4000, 3000]];
  return sizes.map(([name, width, height]) => {
    const file = join(folder, `${width}x${height}.jpg`);
    const filter = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:gray,noise=alls=8:allf=t`;
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', media('franck_02221.jpg'), '-vf', filter, '-pix_fmt', 'yuvj420p', '-q:v', '3', file]);
    return { name: `${name} ${width}x${height}`, bytes: readFileSync(file) };
  });
}

/** Posts a photo and insists on an id: a refusal is quick and would flatter. */
async function mustAnswer(url, photo) {
  const answer = await predict(url, photo.bytes);
  if (answer.status !== 200) throw new Error(`${photo.name}: the daemon answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

async function measurePhoto(url, pid, photo, requests, warmup) {
  for (let i = 0; i < warmup; i++) await mustAnswer(url, photo);
  const cpuBefore = cpuSeconds(pid);
  const latencies = [];
  for (let i = 0; i < requests; i++) latencies.push((await mustAnswer(url, photo)).ms);
  const cpuMs = (cpuSeconds(pid) - cpuBefore) * 1000 / requests;
  return { photo: photo.name, kB: photo.bytes.length / 1000, medianMs: quantile(latencies, 0.5), p95Ms: quantile(latencies, 0.95), cpuMs, requests };
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
  const folder = mkdtempSync(join(tmpdir(), 'faceedge-photos-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  await main(options, folder).catch(error => fail(`requests: ${error.message}`));
}
