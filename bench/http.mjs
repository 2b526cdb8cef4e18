// Plain HTTP: `GET /home` of FaceEdge against nginx serving a file of the same bytes, per second of the server's CPU.
import { startDaemon } from '../tools/daemon.mjs';
import { cpuSeconds, figure, interleave, median } from './harness.mjs';
import { startNginx } from './peers/nginx.mjs';
import { wrk } from './peers/wrk.mjs';

const fair = [
  'Each server has one core (taskset), wrk the other: one thread, 16 kept connections; interleaved rounds; per second of the server\'s CPU, so idling does not count.',
  'Same body; nginx with one worker, no access log, keep-alive without end and its file cache on (the settings that make it quicker than as installed).',
];
const unfair = [
  'nginx sends more header bytes (Server, Last-Modified, ETag, Accept-Ranges); FaceEdge does more per request (routing, metrics of every request, an answer written as JSON).',
  'FaceEdge counts its background work too (watchdog, garbage collector). On a machine with one core the client would share it.',
];

/** Runs it; see `save` in harness.mjs for the form of the result. */
export async function run({ binary, quick, log }) {
  const daemon = await startDaemon(binary, { under: ['taskset', '-c', '0'] });
  const nginx = await startNginx(await (await fetch(`${daemon.url}/home`)).text(), 0);
  const seconds = quick ? 3 : 5;
  const contestant = (name, url, cpu) => ({
    name,
    async run() {
      const before = cpu();
      const { requests, seconds: took, errors } = await wrk(`${url}/home`, seconds, { core: 1 });
      if (errors > 0) throw new Error(`${name}: ${errors} of ${requests} requests failed`);
      return { requests: requests / took, perCpu: requests / (cpu() - before) };
    },
  });
  const rounds = quick ? 2 : 7;
  log(`${rounds} rounds of ${seconds} s each`);
  const samples = await interleave([contestant('FaceEdge', daemon.url, () => cpuSeconds(daemon.pid)), contestant('nginx', nginx.url, nginx.cpu)], rounds);
  await daemon.stop();
  await nginx.stop();
  const of = name => median(samples.get(name), 'perCpu'), share = of('FaceEdge') / of('nginx');
  return {
    bench: 'http', title: 'Plain HTTP',
    tables: [{
      title: '`GET /home`, medians',
      rows: [['', 'requests per CPU second', 'requests/s', 'nginx = 1'],
        ...[...samples].map(([name, taken]) => [name, figure(of(name)), figure(median(taken, 'requests')), figure(of(name) / of('nginx'))])],
    }],
    goals: [{ goal: '`GET /home` per CPU second, of nginx\'s', wanted: 'half or more', got: figure(share), met: share >= 0.5 }],
    fair, unfair, raw: Object.fromEntries(samples),
  };
}
