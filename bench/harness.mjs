// What the benchmarks share: photos, CPU and memory of a process, interleaved rounds, medians, results on disk.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { media, predict, quantile, root } from '../tools/daemon.mjs';

/** Where each benchmark leaves its JSON (git-ignored). */
export const resultsFolder = join(root, 'bench/results');

// Every folder and process of a run sees to itself when the run ends; that many listeners are no leak.
process.setMaxListeners(0);

// The kernel counts CPU time in ticks of 1/CLK_TCK s: over some dozen requests that is fine enough.
const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** User and system time of a process in seconds, its ended threads included (proc(5), /proc/PID/stat fields 14 and 15). */
export function cpuSeconds(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // field 3 is the first after the name
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** VmRSS (now) or VmHWM (at most) of a process in MiB. */
export function memoryMiB(pid, field) {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** A new temporary folder that goes when the process ends. */
export function temporaryFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `faceedge-${name}-`));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Three photos of the size cameras make, from one frame of a man (720x576). Grain is added, because an enlarged photo without
 * any would be far smaller and quicker to decode than a camera's. Resolves to [{ name, file, bytes }].
 */
export function makePhotos(folder) {
  const sizes = [['VGA', 640, 480], ['1080p', 1920, 1080], ['12 MP', 4000, 3000]];
  return sizes.map(([name, width, height]) => {
    const file = join(folder, `${width}x${height}.jpg`);
    const filter = `scale=${width}:${height}:force_original_aspect_ratio=decrease,pad=${width}:${height}:(ow-iw)/2:(oh-ih)/2:gray,noise=alls=8:allf=t`;
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', media('franck_02221.jpg'), '-vf', filter, '-pix_fmt', 'yuvj420p', '-q:v', '3', file]);
    return { name: `${name} ${width}x${height}`, file, bytes: readFileSync(file) };
  });
}

let stamp = 0;

/** The JPEG with a comment of its own (a COM segment behind SOI): same pixels, other bytes, so that no cache of answers flatters. */
export function stamped(jpeg) {
  const comment = Buffer.from(`\xff\xfe\0\x0a${(++stamp).toString(16).padStart(8, '0')}`, 'latin1');
  return Buffer.concat([jpeg.subarray(0, 2), comment, jpeg.subarray(2)]);
}

/** Posts a photo and insists on an id: a refusal is quick and would flatter. */
export async function mustAnswer(url, photo) {
  const answer = await predict(url, stamped(photo.bytes));
  if (answer.status !== 200) throw new Error(`${photo.name}: the daemon answered ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

/**
 * Posts a photo `requests` times, one after another: the median's wall time, and the server's CPU time a request. With `forget` the person is
 * deleted after each, outside the wall time but not outside the CPU time, so that every photo is of somebody new.
 */
export async function measureRequests(url, pid, photo, requests, { forget = false } = {}) {
  const before = cpuSeconds(pid), latencies = [];
  let last = 0;
  for (let i = 0; i < requests; i++) {
    const { ms, body: { data: { id } } } = await mustAnswer(url, photo);
    latencies.push(ms);
    if (!forget) continue;
    if (id <= last) throw new Error(`${photo.name}: the person ${id} was not new`);
    last = id;
    const { status } = await fetch(`${url}/v1/people/${id}`, { method: 'DELETE' });
    if (status !== 204) throw new Error(`DELETE of person ${id} was answered ${status}`);
  }
  return { cpuMs: (cpuSeconds(pid) - before) * 1000 / requests, wallMs: quantile(latencies, 0.5), p95Ms: quantile(latencies, 0.95) };
}

/** The value of a metric without labels (docs/metrics.md). */
export async function metric(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)[1]);
}

/** The stages of recognition so far: stage -> { seconds, count } (docs/metrics.md). */
export async function stages(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const found = {};
  for (const [, what, stage, value] of text.matchAll(/^faceedge_recognition_duration_seconds_(sum|count)\{stage="(\w+)"\} (\S+)$/gm)) {
    (found[stage] ??= {})[what === 'sum' ? 'seconds' : 'count'] = Number(value);
  }
  return found;
}

/** Milliseconds a photo that each stage took between two readings of `stages`; stages that did not occur are left out. */
export function stageMs(before, after, photos) {
  const spent = Object.entries(after).map(([stage, { seconds }]) => [stage, (seconds - (before[stage]?.seconds ?? 0)) * 1000 / photos]);
  return Object.fromEntries(spent.filter(([, ms]) => ms > 0));
}

/** The environment for a peer: without settings of this machine that slow its libraries or change FaceEdge, and with the given ones. */
export function peerEnvironment(extra = {}) {
  const names = Object.keys(process.env).filter(name => !/^(OPENBLAS_|FACEEDGE__|GLIBC_TUNABLES$)/.test(name));
  return { ...Object.fromEntries(names.map(name => [name, process.env[name]])), ...extra };
}

/** A process that answers each line on standard input with one line of JSON. */
export class LineWorker {
  constructor(command, args, env = peerEnvironment()) {
    this.child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.pid = this.child.pid;
    this.waiting = [];
    let complaint = '';
    this.child.stderr.on('data', data => { complaint = (complaint + data).slice(-2000); });
    createInterface({ input: this.child.stdout }).on('line', line => {
      if (line.startsWith('{')) this.waiting.shift()?.resolve(JSON.parse(line)); // whatever else a library prints is passed over
    });
    this.exited = new Promise(resolve => this.child.once('close', resolve));
    const lost = error => {
      this.lost = error;
      for (const { reject } of this.waiting.splice(0)) reject(error);
    };
    this.child.once('error', lost);
    this.child.stdin.on('error', () => {}); // a broken pipe is told by `close`
    this.exited.then(code => lost(new Error(`${command} ended (${code}): ${complaint}`)));
    process.once('exit', () => this.child.kill('SIGKILL'));
  }

  ask(line) {
    return new Promise((resolve, reject) => {
      if (this.lost) return reject(this.lost);
      this.waiting.push({ resolve, reject });
      this.child.stdin.write(`${line}\n`);
    });
  }

  async stop() {
    this.child.stdin.end();
    await this.exited;
  }
}

/**
 * Runs contestants [{ name, run }] in turn, `rounds` times, each round beginning with the next one, so that whatever else the
 * machine does meets all alike. One round before them is not counted. Resolves to a map name -> samples (what `run` resolved to).
 */
export async function interleave(contestants, rounds, { warmup = true } = {}) {
  const samples = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = warmup ? -1 : 0; round < rounds; round++) {
    for (let i = 0; i < contestants.length; i++) {
      const { name, run } = contestants[(i + Math.max(round, 0)) % contestants.length];
      const sample = await run();
      if (round >= 0) samples.get(name).push(sample);
    }
  }
  return samples;
}

/** The median of one field of samples. */
export const median = (samples, field) => quantile(samples.map(sample => sample[field]), 0.5);

/** The least of one field of samples. */
export const least = (samples, field) => Math.min(...samples.map(sample => sample[field]));

/** Three significant digits, as people read a measurement: 0.0123, 1.23, 12.3, 1,235. */
export function figure(value) {
  if (!Number.isFinite(value)) return 'n/a';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value === 0 ? '0' : Number(value.toPrecision(3)).toString();
}

/** What was measured on; `load` tells whether the machine had other work (1-minute mean of runnable threads at the start). */
export function machine() {
  return { cpu: cpus()[0].model.trim(), cores: cpus().length, kernel: release(), load: loadavg()[0], node: process.version };
}

function commit() {
  const git = (...args) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'models') ? ', changed' : '');
  } catch {
    return 'unknown';
  }
}

/** Runs a benchmark and saves its result with when, of what and on what it was measured (`about`: `machine()` before the first). Resolves to all that. */
export async function conduct(run, { binary, quick = false }, about, log) {
  const startedAt = performance.now();
  const result = await run({ binary, quick, log });
  const seconds = (performance.now() - startedAt) / 1000;
  const whole = { ...result, quick, date: new Date().toISOString(), commit: commit(), machine: about, seconds };
  save(whole);
  return whole;
}

/**
 * Writes bench/results/NAME.json. A result is { bench, title, tables: [{ title, rows }], fair, unfair, goals } and what else the
 * benchmark wants kept: each table's first row is its head; `fair` and `unfair` are sentences on the comparison; a goal is
 * { goal, wanted, got, met }.
 */
function save(result) {
  mkdirSync(resultsFolder, { recursive: true });
  const rounded = (_, value) => typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  writeFileSync(join(resultsFolder, `${result.bench}.json`), `${JSON.stringify(result, rounded, 1)}\n`);
}
