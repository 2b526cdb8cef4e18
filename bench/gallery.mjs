// What a request costs as the gallery grows: FaceEdge whole, against an application of the original's shape whose encoder is a stub.
import { join } from 'node:path';
import { startDaemon } from '../tools/daemon.mjs';
import { figure, interleave, makePhotos, measureRequests, median, mustAnswer, stageMs, stages, temporaryFolder } from './harness.mjs';
import { fillGallery, startFlask } from './peers/flask.mjs';

const fair = [
  'The same VGA photo is posted to all; each gallery holds as many people with one encoding each; interleaved rounds on one machine.',
  'FaceEdge does the whole job here: decode, detect, encode, search, answer. Its `search` is what its own /metrics says of that stage.',
  'FaceEdge compares 512 numbers a person, the original 128.',
];
const unfair = [
  'In Flask\'s favour: its encoder is a stub that costs nothing; the real one adds what dlib costs for one photo.',
  'Against Flask: it reads its database on every request, as the original did; one that kept a matrix in memory would be nearer (see FAISS and numpy).',
  'The people are random directions, not faces: the scores of faces spread more widely, so that a search that skips what can not be best skips less.',
  'Flask\'s own development server, as the original ran it; the server\'s part is what remains at 1,000 people.',
];

/** A folder with an Image.db of that many people: FaceEdge makes the schema, make_gallery.py the rows. */
export async function galleryFolder(binary, people) {
  const folder = temporaryFolder(`gallery-${people}`);
  await (await startDaemon(binary, { dataDirectory: folder })).stop();
  fillGallery('faceedge', join(folder, 'Image.db'), people);
  return folder;
}

async function measureOurs(daemon, photo, requests) {
  const before = await stages(daemon.url);
  const sample = await measureRequests(daemon.url, daemon.pid, photo, requests);
  return { ...sample, searchMs: stageMs(before, await stages(daemon.url), requests).search ?? 0 };
}

async function measureSize(binary, photo, people, rounds, requests) {
  const folder = temporaryFolder('flask');
  const servers = [{ name: 'FaceEdge', server: await startDaemon(binary, { dataDirectory: await galleryFolder(binary, people) }) }];
  for (const form of ['blob', 'json']) {
    fillGallery(form, join(folder, `${form}.db`), people);
    servers.push({ name: `Flask ${form.toUpperCase()}`, server: await startFlask(join(folder, `${form}.db`), form) });
  }
  await mustAnswer(servers[0].server.url, photo);
  const samples = await interleave(servers.map(({ name, server }) => ({
    name,
    // A slow request is measured well by one of its kind.
    run: () => name === 'FaceEdge' ? measureOurs(server, photo, requests)
      : measureRequests(server.url, server.pid, photo, people >= 100_000 ? 1 : people >= 10_000 ? 5 : requests),
  })), rounds);
  for (const { server } of servers) await server.stop();
  return samples;
}

function rowsOf(measured) {
  const cell = (samples, name, field) => figure(median(samples.get(name), field));
  const ratio = samples => figure(median(samples.get('Flask BLOB'), 'cpuMs') / median(samples.get('FaceEdge'), 'cpuMs'));
  return [
    ['people', 'FaceEdge, CPU ms', 'wall ms', 'of it search, ms', 'Flask BLOB, CPU ms', 'wall ms', 'Flask JSON, CPU ms', 'wall ms', 'CPU, BLOB / FaceEdge'],
    ...measured.map(({ people, samples }) => [
      people.toLocaleString('en-US'), cell(samples, 'FaceEdge', 'cpuMs'), cell(samples, 'FaceEdge', 'wallMs'), cell(samples, 'FaceEdge', 'searchMs'),
      cell(samples, 'Flask BLOB', 'cpuMs'), cell(samples, 'Flask BLOB', 'wallMs'),
      cell(samples, 'Flask JSON', 'cpuMs'), cell(samples, 'Flask JSON', 'wallMs'), ratio(samples),
    ]),
  ];
}

/** Runs it; see `save` in harness.mjs for the form of the result. */
export async function run({ binary, quick, log }) {
  const photo = makePhotos(temporaryFolder('photos'))[0];
  const measured = [];
  for (const people of [1000, 10_000, 100_000]) {
    log(`${people.toLocaleString('en-US')} people`);
    measured.push({ people, samples: await measureSize(binary, photo, people, quick ? 2 : 5, quick ? 10 : 30) });
  }
  const searchMs = median(measured.at(-1).samples.get('FaceEdge'), 'searchMs');
  return {
    bench: 'gallery', title: 'A growing gallery',
    tables: [{ title: 'One request, medians', rows: rowsOf(measured) }],
    goals: [{ goal: 'search among 100,000 people in a request', wanted: 'under 2 ms', got: `${figure(searchMs)} ms`, met: searchMs < 2 }],
    fair, unfair, raw: measured.map(({ people, samples }) => ({ people, samples: Object.fromEntries(samples) })),
  };
}
