// The peer Flask + SQLite + numpy (bench/peers/flask_app.py): the original's shape with a stub for the encoder.
import { execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { freePort, root } from '../../tools/daemon.mjs';
import { peerEnvironment } from '../harness.mjs';

// Debian's Python, which has Debian's Flask and numpy.
const python = '/usr/bin/python3';

/** Fills a database: `form` is `faceedge`, `blob` or `json` (bench/make_gallery.py). */
export function fillGallery(form, file, people) {
  execFileSync(python, [join(root, 'bench/make_gallery.py'), form, file, String(people)], { env: peerEnvironment(), stdio: ['ignore', 'inherit', 'inherit'] });
}

async function answers(url, tries = 200) {
  for (let i = 0; i < tries; i++) {
    try {
      if ((await fetch(`${url}/home`)).ok) return;
    } catch { /* not yet */ }
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('the Flask application did not answer within 20 s');
}

/** Starts it on a database; resolves to { url, pid, stop } when it answers. */
export async function startFlask(database, form) {
  const port = await freePort();
  const child = spawn(python, [join(root, 'bench/peers/flask_app.py'), database, String(port), form],
    { env: peerEnvironment({ OPENBLAS_NUM_THREADS: '1' }), stdio: 'ignore' });
  const exited = new Promise(resolve => child.once('exit', resolve));
  process.once('exit', () => child.kill('SIGKILL'));
  const url = `http://127.0.0.1:${port}`;
  await answers(url);
  return { url, pid: child.pid, async stop() { child.kill('SIGTERM'); await exited; } };
}
