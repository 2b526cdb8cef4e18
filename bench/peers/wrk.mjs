// wrk (Debian's), the client in C that asks servers faster than Node could.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/**
 * Asks `url` again and again on 16 kept connections from one thread; resolves to { requests, seconds, errors }. `core` pins it to one,
 * `script` is a Lua file that says what to send.
 */
export async function wrk(url, duration, { core, script } = {}) {
  const [command, ...rest] = [...core === undefined ? [] : ['taskset', '-c', String(core)], 'wrk', '-t1', '-c16', `-d${duration}s`, '--timeout', '30s',
    ...script ? ['-s', script] : [], url];
  return parseWrk((await promisify(execFile)(command, rest)).stdout); // not blocking: the daemon's log lines must be read meanwhile
}

const seconds = { us: 1e-6, ms: 1e-3, s: 1, m: 60 };

/** What wrk's report says: { requests, seconds, errors }. */
export function parseWrk(text) {
  const [, count, time, unit] = /^\s*(\d+) requests in ([\d.]+)(us|ms|s|m),/m.exec(text) ?? [];
  const requests = Number(count);
  if (!(requests > 0)) throw new Error(`wrk measured nothing:\n${text}`);
  const sockets = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1).map(Number) ?? [];
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  return { requests, seconds: time * seconds[unit], errors: sockets.reduce((sum, n) => sum + n, refused) };
}
