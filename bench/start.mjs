// From the start of the process to its first answer, and the memory it then holds, by the number of people known.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startDaemon } from '../tools/daemon.mjs';
import { cpuSeconds, figure, makePhotos, median, memoryMiB, mustAnswer, temporaryFolder } from './harness.mjs';
import { galleryFolder } from './gallery.mjs';

const fair = [
  '`first answer` is the time from starting the process to the id for a VGA photo posted the moment it says `ready`; files are in the page cache, as after an update.',
  '`cold` is with Image.db taken out of the page cache before (dd iflag=nocache); program and models stay there.',
  'The first start of a gallery is not counted: it looks at every face to find out which encoder is in force, and writes that down.',
  'Memory is VmRSS two seconds after the last answer: code, models, gallery and what the first photos left.',
];
const unfair = ['No peer: the original needs seconds to import dlib and load its models, but its trained models can not be had here.',
  'A virtual machine may first have to get memory from its host, which costs more than all the rest (docs/decisions/0023); the least of several starts is nearer to a box of metal.'];

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

/** From the start of the process to `ready`, with the database read from the disk. */
async function measureCold(binary, folder) {
  execFileSync('sync');
  execFileSync('dd', [`if=${join(folder, 'Image.db')}`, 'iflag=nocache', 'count=0', 'status=none']);
  const daemon = await startDaemon(binary, { dataDirectory: folder });
  await daemon.stop();
  return daemon.readyMs;
}

/** Runs it; see `save` in harness.mjs for the form of the result. */
export async function run({ binary, quick, log }) {
  const photo = makePhotos(temporaryFolder('photos'))[0];
  const sizes = [0, 10_000, 100_000], samples = new Map(sizes.map(people => [people, []]));
  const folders = [];
  for (const people of sizes) {
    folders.push(await galleryFolder(binary, people));
    await measureOnce(binary, folders.at(-1), photo);
  }
  const rounds = quick ? 2 : 5;
  log(`${sizes.map(n => n.toLocaleString('en-US')).join(', ')} people, ${rounds} starts each`);
  for (let round = 0; round < rounds; round++) {
    for (const [i, people] of sizes.entries()) {
      samples.get(people).push({ ...await measureOnce(binary, folders[i], photo), coldMs: await measureCold(binary, folders[i]) });
    }
  }
  const of = (people, field) => median(samples.get(people), field);
  const least = people => Math.min(...samples.get(people).map(sample => sample.readyMs));
  return {
    bench: 'start', title: 'Start and memory',
    tables: [{
      title: 'Medians',
      rows: [['people', 'ready, ms', 'least', 'cold, ms', 'first answer, ms', 'CPU until then, ms', 'idle memory, MiB'],
        ...sizes.map(people => [people.toLocaleString('en-US'), figure(of(people, 'readyMs')), figure(least(people)),
          ...['coldMs', 'firstAnswerMs', 'cpuMs', 'idleMiB'].map(field => figure(of(people, field)))])],
    }],
    goals: [
      { goal: 'start to first answer, 10,000 people', wanted: '300 ms', got: `${figure(of(10_000, 'firstAnswerMs'))} ms`, met: of(10_000, 'firstAnswerMs') <= 300 },
      { goal: '100,000 people ready', wanted: '1 s', got: `${figure(of(100_000, 'readyMs'))} ms`, met: of(100_000, 'readyMs') <= 1000 },
      { goal: 'memory, idle with models', wanted: '120 MB', got: `${figure(of(0, 'idleMiB') * 1.048576)} MB`, met: of(0, 'idleMiB') * 1.048576 <= 120 },
    ],
    fair, unfair, raw: Object.fromEntries(samples),
  };
}
