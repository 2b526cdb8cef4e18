// Clients in a closed loop: each waits for its answer, then posts the next photo over its kept connection.
import http from 'node:http';
import { quantile } from '../tools/daemon.mjs';
import { cpuSeconds, stamped } from './harness.mjs';

const boundary = 'faceedge-bench';
const formHead = Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n`);
const formEnd = Buffer.from(`\r\n--${boundary}--\r\n`);

/** Posts a photo, as the body or as the field `file` of a form: { status, ms, retryAfter }. */
function post(agent, url, photo, form) {
  const jpeg = stamped(photo.bytes), body = form ? Buffer.concat([formHead, jpeg, formEnd]) : jpeg;
  const headers = { 'Content-Type': form ? `multipart/form-data; boundary=${boundary}` : 'image/jpeg', 'Content-Length': body.length };
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    const request = http.request(`${url}/face/predict`, { method: 'POST', agent, headers }, response => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode, ms: performance.now() - sentAt, retryAfter: Number(response.headers['retry-after']) }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

/**
 * `clients` at once until `posts` photos are answered or `seconds` are over: answered photos a second, their latency, refusals, and who spent
 * which CPU. One that gets 503 waits `retryMs`, or without it the `Retry-After` it was told; any other answer than an id ends the run.
 * `form` posts multipart forms instead of the bare photo; `watch` is called with the number answered so far.
 */
export async function runClients(daemon, photo, clients, { posts = Infinity, seconds = Infinity, retryMs, form = false, watch = () => {} }) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: clients });
  const latencies = [], startedAt = performance.now(), cpu = cpuSeconds(daemon.pid), own = process.cpuUsage();
  let open = posts, refused = 0, withRetryAfter = true;
  const client = async () => {
    while (open > 0 && performance.now() < startedAt + seconds * 1000) {
      open--;
      const answer = await post(agent, daemon.url, photo, form);
      if (answer.status === 200) {
        watch(latencies.push(answer.ms));
      } else if (answer.status === 503) {
        open++;
        refused++;
        withRetryAfter &&= answer.retryAfter >= 1;
        await new Promise(resolve => setTimeout(resolve, retryMs ?? answer.retryAfter * 1000));
      } else {
        throw new Error(`${clients} clients: the daemon answered ${answer.status}`);
      }
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const took = (performance.now() - startedAt) / 1000, spent = cpuSeconds(daemon.pid) - cpu, { user, system } = process.cpuUsage(own);
  agent.destroy();
  return {
    clients, answered: latencies.length, perSecond: latencies.length / took, p50: quantile(latencies, 0.5), p95: quantile(latencies, 0.95),
    p99: quantile(latencies, 0.99), refused, withRetryAfter, cpuMs: spent * 1000 / latencies.length, serverCores: spent / took,
    clientCores: (user + system) / 1e6 / took,
  };
}
