// One photo, one face: what FaceEdge, dlib and face-api spend on it, and where FaceEdge's time goes.
import { startDaemon } from '../tools/daemon.mjs';
import { figure, interleave, least, makePhotos, measureRequests, median, mustAnswer, stageMs, stages, temporaryFolder } from './harness.mjs';
import { dlibBuilds, startDlib } from './peers/dlib.mjs';
import { startFaceApi } from './peers/faceapi.mjs';

const fair = [
  'Interleaved in one run, each photo decoded from the same JPEG file by every contestant; CPU is user + system time of the whole process.',
  'FaceEdge is measured from outside, HTTP and database included, every request with bytes of its own (a comment in the JPEG), so no cache helps it.',
  '`FaceEdge` recognises somebody known well, as a camera at a door mostly does, and the goals mean that. `FaceEdge, somebody new` knows nobody before each photo: '
    + 'it encodes twice, looks whether the photo lies on its side, keeps a crop and commits; its CPU time includes deleting the person again.',
  'dlib: the work of Python\'s `face_recognition` for one photo: HOG at one upsampling (its default) or none, 68 landmarks, 150x150 chip, ResNet-29.',
  'dlib gets OpenBLAS on one thread, which has AVX2 kernels of its own; with the reference BLAS that Debian installs by default the network takes 0.2 s more.',
];
const unfair = [
  'In the peers\' favour: neither dlib nor face-api has a server, a gallery or a database to pay for here, nor dlib Python.',
  'dlib runs on random weights of the true size (its own model files are in no registry we reach): same work, meaningless descriptors.',
  'dlib from Debian is shipped as headers and a library: HOG, landmarks and chip are compiled here with the flags named, the library\'s own part '
    + '(JPEG, small loops of the network) stays SSE2. `AVX` is what dlib\'s build script chooses on this machine, and slower here than SSE2 or AVX2.',
  'face-api runs on TensorFlow.js in WebAssembly with SIMD, one thread. Its native backend (tfjs-node) downloads a library at install time, '
    + 'which is not to be had here; it would be faster.',
  'The detectors differ in the faces they can find: dlib\'s HOG those from 80 pixels (40 when upsampled), frontal ones; README.md says which FaceEdge finds.',
];

const somebodyNew = 'FaceEdge, somebody new';

/** Starts everybody. A contestant is { name, run(photo) }; `stop()` ends them all. */
async function startContestants(binary) {
  const daemon = await startDaemon(binary), forgetful = await startDaemon(binary), faceApi = startFaceApi(), servers = [daemon, forgetful, faceApi];
  const contestants = [
    { name: 'FaceEdge', run: photo => measureRequests(daemon.url, daemon.pid, photo, 30) },
    { name: somebodyNew, run: photo => measureRequests(forgetful.url, forgetful.pid, photo, 30, { forget: true }) },
    { name: 'face-api, SSD MobileNet', run: photo => faceApi.photo(photo.file, 'ssd') },
    { name: 'face-api, tiny detector', run: photo => faceApi.photo(photo.file, 'tiny') },
  ];
  for (const build of dlibBuilds()) {
    for (const hugePages of [false, true]) {
      const dlib = startDlib(build, { hugePages });
      servers.push(dlib);
      for (const [upsamplings, how] of [[1, 'upsampled'], [0, 'not upsampled']]) {
        contestants.push({ name: `dlib ${build}, ${how}${hugePages ? ', huge pages' : ''}`, run: photo => dlib.photo(photo.file, upsamplings) });
      }
    }
  }
  return { daemon, forgetful, contestants, stop: () => Promise.all(servers.map(server => server.stop())) };
}

function rowsOf(samples) {
  const ours = median(samples.get('FaceEdge'), 'cpuMs');
  return [['', 'CPU ms', 'least', 'wall ms', 'CPU, FaceEdge = 1', 'face found'], ...[...samples].map(([name, taken]) => [
    name, figure(median(taken, 'cpuMs')), figure(least(taken, 'cpuMs')), figure(median(taken, 'wallMs')),
    figure(median(taken, 'cpuMs') / ours), taken.every(sample => sample.faces !== 0) ? 'yes' : 'no',
  ])];
}

/**
 * Goals at 1080p from the samples of each contestant. A ratio counts as met when it holds against both builds that people run, Debian's (SSE2)
 * and pip's (AVX), in each one's quicker way of allocating; AVX2, for which flags must be set by hand, is told beside them.
 */
export function goalsOf(samples) {
  const ours = median(samples.get('FaceEdge'), 'cpuMs'), ofNew = samples.has(somebodyNew) ? median(samples.get(somebodyNew), 'cpuMs') : null;
  const beside = ofNew ? `; somebody new ${figure(ofNew)} ms` : '';
  const goals = [{ goal: 'CPU of a 1080p photo', wanted: 'under 20 ms', got: `${figure(ours)} ms${beside}`, met: ours < 20 }];
  for (const [how, wanted] of [['upsampled', 50], ['not upsampled', 15]]) {
    const ratios = new Map();
    for (const [name, taken] of samples) {
      const build = new RegExp(`^dlib (\\w+), ${how}`).exec(name)?.[1];
      if (build) ratios.set(build, Math.min(ratios.get(build) ?? Infinity, median(taken, 'cpuMs') / ours));
    }
    if (ratios.size === 0) continue;
    goals.push({
      goal: `1080p: dlib's CPU over ours, ${how}`, wanted: `${wanted} or more`,
      got: [...ratios].map(([build, ratio]) => `${figure(ratio)} (${build})`).join(', ')
        + (ofNew ? `; somebody new ${[...ratios.values()].map(ratio => figure(ratio * ours / ofNew)).join(', ')}` : ''),
      met: ['SSE2', 'AVX'].every(build => !(ratios.get(build) < wanted)),
    });
  }
  return goals;
}

/** The mean of each stage of recognition over some requests, from the daemon's own metrics. */
async function profile(name, daemon, photo, requests, how = {}) {
  const before = await stages(daemon.url);
  const { cpuMs } = await measureRequests(daemon.url, daemon.pid, photo, requests, how);
  const spent = stageMs(before, await stages(daemon.url), requests);
  return { photo: name, cpuMs, spent };
}

const stageOrder = ['wait', 'decode', 'detect', 'turn', 'landmarks', 'align', 'encode', 'look_again', 'search', 'crop', 'commit'];

function profileRows(profiles) {
  const rank = name => (stageOrder.indexOf(name) + stageOrder.length + 1) % (stageOrder.length + 1); // a stage not known here comes last
  const names = [...new Set(profiles.flatMap(p => Object.keys(p.spent)))].sort((a, b) => rank(a) - rank(b));
  const rest = p => p.cpuMs - Object.entries(p.spent).reduce((sum, [stage, ms]) => stage === 'wait' ? sum : sum + ms, 0);
  return [
    ['stage, ms', ...profiles.map(p => p.photo)],
    ...names.map(name => [name, ...profiles.map(p => figure(p.spent[name] ?? 0))]),
    ['all else (HTTP, upload, writing behind), CPU', ...profiles.map(p => figure(Math.max(0, rest(p))))],
    ['whole request, CPU', ...profiles.map(p => figure(p.cpuMs))],
  ];
}

/** Runs it; see `save` in harness.mjs for the form of the result. */
export async function run({ binary, quick, log }) {
  const photos = makePhotos(temporaryFolder('photos')).slice(0, quick ? 2 : 3);
  const { daemon, forgetful, contestants, stop } = await startContestants(binary);
  const tables = [], raw = {};
  let goals = [];
  for (const [index, photo] of photos.entries()) {
    const rounds = quick ? 2 : index === 2 ? 3 : 5;
    log(`${photo.name}: ${contestants.length} contestants, ${rounds} rounds`);
    for (let i = 0; i < 30; i++) await mustAnswer(daemon.url, photo); // Then the person has nothing left to teach (Gallery:MaxFacesPerPerson).
    // The largest photo needs no round of its own to warm up: everything has run by then.
    const samples = await interleave(contestants.map(({ name, run }) => ({ name, run: () => run(photo) })), rounds, { warmup: index !== 2 });
    tables.push({ title: `One photo, ${photo.name}, ${Math.round(photo.bytes.length / 1000)} kB`, rows: rowsOf(samples) });
    raw[photo.name] = Object.fromEntries(samples);
    if (photo.name.startsWith('1080p')) goals = goalsOf(samples);
  }
  log('where the time goes');
  const profiles = [];
  const times = quick ? 20 : 100;
  for (const photo of photos) profiles.push(await profile(photo.name, daemon, photo, times));
  profiles.push(await profile(`${photos[1].name}, somebody new`, forgetful, photos[1], times, { forget: true }));
  tables.push({ title: 'Where FaceEdge\'s time goes (means; stages on the clock, by the daemon\'s /metrics)', rows: profileRows(profiles) });
  await stop();
  return { bench: 'photo', title: 'One photo', tables, goals, fair, unfair, raw, profiles };
}
