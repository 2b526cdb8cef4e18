// The harness' arithmetic, and what must not go wrong silently: a peer that dies, a refusal counted as an answer.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { media } from '../tools/daemon.mjs';
import { cpuSeconds, figure, interleave, least, LineWorker, median, memoryMiB, peerEnvironment, stageMs, stamped } from './harness.mjs';
import { parseWrk } from './peers/wrk.mjs';

test('rounds are interleaved, each begins with the next contestant, the warm-up is not counted', async () => {
  const order = [];
  const contestant = name => ({ name, run: async () => order.push(name) });
  const samples = await interleave(['A', 'B', 'C'].map(contestant), 3);
  assert.equal(order.join(''), 'ABC' + 'ABC' + 'BCA' + 'CAB');
  assert.deepEqual([...samples.keys()], ['A', 'B', 'C']);
  assert.ok([...samples.values()].every(taken => taken.length === 3));
});

test('medians and least values are taken of one field', () => {
  const samples = [{ ms: 3 }, { ms: 1 }, { ms: 2 }];
  assert.equal(median(samples, 'ms'), 2);
  assert.equal(least(samples, 'ms'), 1);
});

test('a stage is what was added between two readings, a photo; one that did not occur is left out', () => {
  const before = { decode: { seconds: 1, count: 10 }, commit: { seconds: 2, count: 1 } };
  const after = { decode: { seconds: 1.5, count: 60 }, commit: { seconds: 2, count: 1 }, search: { seconds: 0.1, count: 50 } };
  const spent = stageMs(before, after, 50);
  assert.deepEqual(Object.keys(spent), ['decode', 'search']);
  assert.ok(Math.abs(spent.decode - 10) < 1e-9 && Math.abs(spent.search - 2) < 1e-9);
});

test('a stamped JPEG is another file each time: a comment segment behind the start of image, all else as it was', () => {
  const jpeg = readFileSync(media('franck_02221.jpg')), one = stamped(jpeg), other = stamped(jpeg);
  assert.notDeepEqual(one, other);
  assert.deepEqual(one.subarray(0, 4), Buffer.from([0xff, 0xd8, 0xff, 0xfe]));
  const length = one.readUInt16BE(4);
  assert.deepEqual(one.subarray(4 + length), jpeg.subarray(2));
});

test('figures have three significant digits', () => {
  assert.deepEqual([0.012345, 1.2345, 12.345, 123.45, 1234.5, 0, NaN].map(figure), ['0.0123', '1.23', '12.3', '123', '1,235', '0', 'n/a']);
});

test('a peer gets no settings of this machine that slow it', () => {
  process.env.OPENBLAS_CORETYPE = 'Prescott';
  try {
    const env = peerEnvironment({ OPENBLAS_NUM_THREADS: '1' });
    assert.equal(env.OPENBLAS_CORETYPE, undefined);
    assert.equal(env.OPENBLAS_NUM_THREADS, '1');
    assert.equal(env.PATH, process.env.PATH);
  } finally {
    delete process.env.OPENBLAS_CORETYPE;
  }
});

test('a peer answers line by line, whatever else it prints', async () => {
  const worker = new LineWorker(process.execPath, ['-e',
    'console.log("hello"); require("readline").createInterface({ input: process.stdin }).on("line", n => console.log(JSON.stringify({ twice: 2 * n })))']);
  assert.deepEqual(await Promise.all([worker.ask(1), worker.ask(21)]), [{ twice: 2 }, { twice: 42 }]);
  await worker.stop();
});

test('a peer that dies is told with its last words', async () => {
  const worker = new LineWorker(process.execPath, ['-e', 'console.error("no model"); process.exit(3)']);
  await assert.rejects(worker.ask('photo'), /\(3\).*no model/s);
  await assert.rejects(worker.ask('photo'), /no model/);
});

test('CPU time and memory of a process are read from the kernel', () => {
  const before = cpuSeconds(process.pid), { user, system } = process.cpuUsage();
  assert.ok(Math.abs(before - (user + system) / 1e6) < 0.1);
  assert.ok(memoryMiB(process.pid, 'VmHWM') >= memoryMiB(process.pid, 'VmRSS') * 0.9);
});

test('wrk\'s report: requests, and all that failed', () => {
  const report = 'Running 3s test\n  Latency Distribution\n  26985 requests in 3.00s, 4.60MB read\n';
  assert.deepEqual(parseWrk(report), { requests: 26985, seconds: 3, errors: 0 });
  const bad = `${report}  Socket errors: connect 0, read 2, write 0, timeout 1\n  Non-2xx or 3xx responses: 7\n`;
  assert.deepEqual(parseWrk(bad), { requests: 26985, seconds: 3, errors: 10 });
  assert.throws(() => parseWrk('unable to connect'), /measured nothing/);
});
