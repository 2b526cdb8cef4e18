// The exact search alone, among made-up people: the daemon's own code as a worker, numpy and FAISS beside it, the answers compared.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { availableParallelism, freemem } from 'node:os';
import { join } from 'node:path';
import { root } from '../tools/daemon.mjs';
import { figure, interleave, LineWorker, peerEnvironment, temporaryFolder } from './harness.mjs';

const python = '/usr/bin/python3'; // Debian's, which has Debian's numpy and FAISS
const script = join(root, 'bench/peers/search/peer.py');
const dimensions = 512, probesOfAKind = 100;
const millionNeeds = 9e9;
/** AVX2 builds of FAISS over Debian's build without AVX, as measured elsewhere: 3 to 5. */
const avx2AtMost = 5;

const fair = [
  'All hold the same float rows and answer the same probes, one at a time; one different answer stops the run.',
  '`faces`: made-up people whose scores spread as those of real encodings do; `random`: uniform directions, on which the 4-bit pass can leave out least.',
  `Debian's FAISS is built without AVX. An AVX2 build was 3 to 5 times as fast where it was measured; the goal assumes ${avx2AtMost}.`,
];
const unfair = [
  'FAISS and numpy can look up many probes at once, for which they are quicker a probe; a camera\'s photos come one by one. One probe runs on one thread in FAISS.',
  'FaceEdge keeps a 4-bit copy besides the floats: an eighth more memory.',
];

function publishWorker() {
  execFileSync('dotnet', ['publish', join(root, 'bench/peers/search'), '-c', 'Release', '-r', process.arch === 'arm64' ? 'linux-arm64' : 'linux-x64',
    '-p:PublishDir=' + join(root, 'artifacts/search-bench/'), '--verbosity', 'quiet'], { stdio: ['ignore', 2, 2] });
  return join(root, 'artifacts/search-bench/search-bench');
}

const middle = times => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)];

/** One data set of one size: name -> { strangers, known, least, cpuMs }, in ms a probe. */
async function measureSize(workers, kind, people, rounds) {
  const folder = temporaryFolder('search');
  const files = [join(folder, 'gallery'), join(folder, 'probes')];
  execFileSync(python, [script, 'make', kind, ...files, String(people)], { env: peerEnvironment({ OPENBLAS_NUM_THREADS: '1' }) });
  const running = new Map(Object.entries(workers).map(([name, start]) => [name, start()]));
  for (const worker of running.values()) await worker.ask(`load ${files.join(' ')} ${people} ${dimensions}`);
  rmSync(folder, { recursive: true, force: true });

  const cores = availableParallelism(), perRound = people >= 1_000_000 ? 4 : 20;
  const contestants = [['FaceEdge', 1], ['FaceEdge', cores], ['numpy', 1], ...running.has('FAISS') ? [['FAISS', 1]] : []];
  let round = 0;
  const ask = (name, threads, first) => running.get(name).ask(`find ${first} ${perRound} ${threads}`);
  const samples = await interleave(contestants.map(([name, threads]) => ({
    name: `${name} ${threads}`,
    run: async () => {
      const first = Math.floor(round++ / contestants.length) * perRound % (probesOfAKind - perRound + 1);
      return { first, strangers: await ask(name, threads, first), known: await ask(name, threads, probesOfAKind + first) };
    },
  })), rounds);

  const truth = new Map();
  const result = {};
  for (const [name, list] of samples) {
    for (const { first, strangers, known } of list) {
      for (const [offset, { rows }] of [[first, strangers], [probesOfAKind + first, known]]) {
        rows.forEach((row, i) => truth.set(offset + i, { ...truth.get(offset + i), [name]: row }));
      }
    }
    const of = which => list.flatMap(sample => sample[which].times);
    result[name] = { strangers: middle(of('strangers')), known: middle(of('known')), least: Math.min(...of('strangers')),
      cpuMs: middle(list.map(sample => sample.strangers.cpuMs)) };
  }
  for (const [probe, rows] of truth) {
    if (new Set(Object.values(rows)).size > 1) throw new Error(`probe ${probe} among ${people} ${kind}: ${JSON.stringify(rows)}`);
  }
  for (const worker of running.values()) await worker.stop();
  return { kind, people, answers: truth.size, result };
}

/** Runs it; see `save` in harness.mjs for the form of the result. */
export async function run({ quick, log }) {
  const binary = publishWorker();
  const peer = name => () => new LineWorker(python, [script, name], peerEnvironment({ OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' }));
  const workers = { FaceEdge: () => new LineWorker(binary, []), numpy: peer('numpy') };
  try {
    execFileSync(python, ['-c', 'import faiss'], { stdio: 'ignore' });
    workers.FAISS = peer('faiss');
  } catch {
    log('FAISS is left out: apt-get install python3-faiss');
  }
  const million = !quick && freemem() > millionNeeds;
  const sets = [['faces', 1000], ['faces', 10_000], ['faces', 100_000], ['random', 100_000], ...million ? [['faces', 1_000_000], ['random', 1_000_000]] : []];
  const measured = [];
  for (const [kind, people] of sets) {
    log(`${people.toLocaleString('en-US')} ${kind}`);
    measured.push(await measureSize(workers, kind, people, quick ? 2 : 5));
  }
  const cores = availableParallelism(), all = `FaceEdge ${cores}`;
  const rows = measured.map(({ kind, people, result }) => [
    `${people.toLocaleString('en-US')} ${kind}`, ...['strangers', 'known', 'least', 'cpuMs'].map(field => figure(result['FaceEdge 1'][field])),
    figure(result[all].strangers), figure(result['numpy 1'].strangers), figure(result['FAISS 1']?.strangers),
    figure(result['FAISS 1']?.cpuMs / result['FaceEdge 1'].cpuMs),
  ]);
  const of = people => measured.find(set => set.people === people && set.kind === 'faces')?.result;
  const largest = of(million ? 1_000_000 : 100_000);
  const overAvx2 = largest['FAISS 1']?.cpuMs / avx2AtMost / largest['FaceEdge 1'].cpuMs;
  return {
    bench: 'search', title: 'The search alone',
    tables: [{
      title: 'Milliseconds a probe of 512 numbers, medians',
      rows: [['people', 'FaceEdge, 1 thread', 'known people', 'least', 'CPU', `${cores} threads`, 'numpy, 1 thread', 'FAISS without AVX', 'FAISS / FaceEdge, CPU'], ...rows],
    }],
    goals: [
      ...million ? [{ goal: 'exact search among 1,000,000', wanted: '20 ms', got: `${figure(largest[all].strangers)} ms`, met: largest[all].strangers <= 20 }] : [],
      { goal: 'exact search among 100,000', wanted: 'under 2 ms', got: `${figure(of(100_000)[all].strangers)} ms`, met: of(100_000)[all].strangers < 2 },
      { goal: `FAISS with AVX2 (Debian's / ${avx2AtMost}) over ours, CPU of one thread`, wanted: '3 or more', got: figure(overAvx2), met: overAvx2 >= 3 },
    ],
    fair, unfair, raw: measured,
  };
}
