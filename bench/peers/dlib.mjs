// The peer dlib: what Python's `face_recognition` stands on, in C++ from Debian's libdlib-dev (bench/peers/dlib/).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tools/daemon.mjs';
import { LineWorker, peerEnvironment } from '../harness.mjs';

const sources = ['dlib_peer.cpp', 'resnet.h'].map(name => join(root, 'bench/peers/dlib', name));
const folder = join(root, 'artifacts/bench');

/**
 * HOG, landmarks and chip are templates, compiled here with these flags; what lies in Debian's library (JPEG, the network's small
 * loops) is never AVX, and the network's matrix products are OpenBLAS's, which chooses its kernel itself.
 */
const flagsOf = { SSE2: [], AVX: ['-mavx'], AVX2: ['-mavx2', '-mfma'] };

/** What this processor can run: SSE2 is how Debian builds python3-dlib, AVX what `pip install dlib` builds, AVX2 the fastest. */
export function dlibBuilds() {
  if (process.arch !== 'x64') return [];
  const flags = readFileSync('/proc/cpuinfo', 'utf8');
  return Object.keys(flagsOf).filter(name => name === 'SSE2' || new RegExp(`^flags.*\\b${name.toLowerCase()}\\b`, 'm').test(flags));
}

function build(name) {
  const binary = join(folder, `dlib-${name.toLowerCase()}`);
  if (existsSync(binary) && sources.every(source => statSync(source).mtimeMs < statSync(binary).mtimeMs)) return binary;
  console.error(`bench: compiling dlib's peer for ${name} (half a minute)`);
  mkdirSync(folder, { recursive: true });
  execFileSync('g++', ['-O3', '-std=c++17', ...flagsOf[name], '-o', binary, sources[0], '-ldlib', '-lblas', '-llapack', '-ljpeg', '-lpng', '-lpthread']);
  return binary;
}

/** Builds what is missing and starts dlib; `photo(file, upsamplings)` resolves to { faces, wallMs, cpuMs, detectMs, ... }. */
export function startDlib(name, { hugePages = false } = {}) {
  // One BLAS thread: the least CPU time, and the network is the smaller part.
  const env = peerEnvironment({ OPENBLAS_NUM_THREADS: '1', ...hugePages && { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' } });
  const worker = new LineWorker(build(name), [], env);
  return { photo: (file, upsamplings) => worker.ask(`${upsamplings} ${file}`), stop: () => worker.stop() };
}
