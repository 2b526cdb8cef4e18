// The clients of `load` and `soak` against a server that refuses every second photo.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import { test } from 'node:test';
import { media } from '../tools/daemon.mjs';
import { runClients } from './clients.mjs';

/** A server that tells what it got; `answer(n)` gives the status and headers of the n-th request. */
async function withServer(answer, use) {
  const got = [];
  const server = http.createServer((request, response) => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      got.push({ type: request.headers['content-type'], body: Buffer.concat(chunks), at: performance.now() });
      response.writeHead(...answer(got.length)).end('{}');
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  try {
    return await use({ url: `http://127.0.0.1:${server.address().port}`, pid: process.pid }, got);
  } finally {
    server.close();
  }
}

const photo = { name: 'a photo', bytes: readFileSync(media('cage.jpg')) };
const everySecond = n => n % 2 === 0 ? [503, { 'Retry-After': '1' }] : [200];

test('a refused photo is posted again, and only answered ones count', async () => {
  await withServer(everySecond, async (daemon, got) => {
    const seen = [], load = await runClients(daemon, photo, 2, { posts: 5, retryMs: 5, watch: answered => seen.push(answered) });
    assert.deepEqual([load.answered, load.refused + load.answered, load.withRetryAfter], [5, got.length, true]);
    assert.deepEqual(seen, [1, 2, 3, 4, 5]);
    assert.ok(got.every(({ type, body }) => type === 'image/jpeg' && body.length > photo.bytes.length && body[0] === 0xff));
    assert.equal(new Set(got.map(({ body }) => body.toString('latin1'))).size, got.length);
  });
});

test('a patient client waits as long as it is told', async () => {
  await withServer(everySecond, async (daemon, got) => {
    await runClients(daemon, photo, 1, { posts: 2 });
    assert.equal(got.length, 3);
    assert.ok(got[2].at - got[1].at >= 990);
  });
});

test('a refusal that does not say when to come back is told', async () => {
  const load = await withServer(n => n === 1 ? [503] : [200], daemon => runClients(daemon, photo, 1, { posts: 1, retryMs: 5 }));
  assert.equal(load.withRetryAfter, false);
});

test('a form holds the photo; any other answer ends the run', async () => {
  await withServer(n => n === 1 ? [200] : [500], async (daemon, got) => {
    await assert.rejects(runClients(daemon, photo, 1, { posts: 2, form: true }), /answered 500/);
    assert.match(got[0].type, /^multipart\/form-data; boundary=/);
    assert.ok(got[0].body.includes(photo.bytes.subarray(2)) && got[0].body.includes('name="file"'));
  });
});
