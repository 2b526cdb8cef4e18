// The peer @vladmandic/face-api on Node (bench/peers/faceapi/): its packages are fetched when they are missing, nothing of them is run by npm.
import { execFileSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/daemon.mjs';
import { LineWorker } from '../harness.mjs';

const folder = join(root, 'bench/peers/faceapi');

function install() {
  const done = join(folder, 'node_modules/.package-lock.json');
  if (existsSync(done) && statSync(done).mtimeMs > statSync(join(folder, 'package-lock.json')).mtimeMs) return;
  console.error('bench: fetching face-api and TensorFlow.js from npm (half a minute, 350 MB)');
  execFileSync('npm', ['ci', '--ignore-scripts', '--omit=dev', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** Starts it; `photo(file, detector)` with the detector `ssd` or `tiny` resolves to { faces, wallMs, cpuMs, decodeMs }. */
export function startFaceApi() {
  install();
  const worker = new LineWorker(process.execPath, [join(folder, 'worker.cjs')]);
  return { photo: (file, detector) => worker.ask(`${detector} ${file}`), stop: () => worker.stop() };
}
