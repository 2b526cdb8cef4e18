// From the start of the process to its first answer, and the memory it then holds, by the number of people known.
import { startDaemon } from '../tools/daemon.mjs';
import { cpuSeconds, figure, makePhotos, median, memoryMiB, mustAnswer, temporaryFolder } from './harness.mjs';
import { galleryFolder } from './gallery.mjs';

const fair = [
  '`first answer` is the time from starting the process to the id for a VGA photo posted the moment it says `ready`; files are in the page cache, as after an update.',
  'Memory is VmRSS two seconds after the last answer: code, models, gallery and what the first photos left.',
];
const unfair = ['No peer: the original needs seconds to import dlib and load its models, but its trained models can not be had here. A cold disk adds its reading time.'];

async function measureOnce(binary, folder, photo) {
  const daemon = await startDaemon(binary, { dataDirectory: folder });
  await mustAnswer(daemon.url, photo);
  const firstAnswerMs = performance.now() - daemon.startedAt, cpuMs = cpuSeconds(daemon.pid) * 1000;
  for (let i = 0; i < 5; i++) await mustAnswer(daemon.url, photo);
  await new Promise(resolve => setTimeout(resolve, 2000));
  const idleMiB = memoryMiB(daemon.pid, 'VmRSS');
  await daemon.stop();
  return { readyMs: daemon.readyMs, firstAnswerMs, cpuMs, idleMiB };
}

/** Runs it; see `save` in harness.mjs for the form of the result. */
export async function run({ binary, quick, log }) {
  const photo = makePhotos(temporaryFolder('photos'))[0];
  const sizes = [0, 10_000, 100_000], samples = new Map(sizes.map(people => [people, []]));
  const folders = [];
  for (const people of sizes) folders.push(await galleryFolder(binary, people));
  const rounds = quick ? 2 : 5;
  log(`${sizes.map(n => n.toLocaleString('en-US')).join(', ')} people, ${rounds} starts each`);
  for (let round = 0; round < rounds; round++) {
    for (const [i, people] of sizes.entries()) samples.get(people).push(await measureOnce(binary, folders[i], photo));
  }
  const of = (people, field) => median(samples.get(people), field);
  return {
    bench: 'start', title: 'Start and memory',
    tables: [{
      title: 'Medians',
      rows: [['people', 'ready, ms', 'first answer, ms', 'CPU until then, ms', 'idle memory, MiB'],
        ...sizes.map(people => [people.toLocaleString('en-US'), ...['readyMs', 'firstAnswerMs', 'cpuMs', 'idleMiB'].map(field => figure(of(people, field)))])],
    }],
    goals: [
      { goal: 'start to first answer, 10,000 people', wanted: '300 ms', got: `${figure(of(10_000, 'firstAnswerMs'))} ms`, met: of(10_000, 'firstAnswerMs') <= 300 },
      { goal: '100,000 people ready', wanted: '1 s', got: `${figure(of(100_000, 'readyMs'))} ms`, met: of(100_000, 'readyMs') <= 1000 },
      { goal: 'memory, idle with models', wanted: '120 MB', got: `${figure(of(0, 'idleMiB') * 1.048576)} MB`, met: of(0, 'idleMiB') * 1.048576 <= 120 },
    ],
    fair, unfair, raw: Object.fromEntries(samples),
  };
}
