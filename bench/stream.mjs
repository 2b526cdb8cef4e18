// The match-or-register stream: photos of known people, in a fixed shuffled order, posted one after another to /face/predict of
// an empty gallery. Does every person get exactly one id?
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fail, predict, quantile, startDaemon, table } from '../tools/daemon.mjs';
import { scoreClusters, shuffle } from './clusters.mjs';

const usage = `usage: node bench/stream.mjs --folder DIR [--url URL | --binary FILE] [--seed 1] [--limit N] [--parallel 1] [--json]
  DIR        photos named Person_0001.jpg, or one folder a person (person/photo.jpg)
  --url      a running daemon with an EMPTY gallery; without it the published daemon is started with a throw-away database
  --seed     the order of the photos;  --limit: only the first N of that order;  --parallel: posts in flight at once
  --json     print only the JSON line`;

/** Who is in the photo at this path relative to the folder: its folder, else its file name without a trailing _NNNN. */
export function personOf(path) {
  const folder = dirname(path);
  return folder !== '.' ? folder : basename(path).replace(/\.[^.]+$/, '').replace(/_\d+$/, '');
}

function photosIn(folder, below = '') {
  const found = [];
  for (const entry of readdirSync(join(folder, below), { withFileTypes: true })) {
    const path = below ? `${below}/${entry.name}` : entry.name;
    if (entry.isDirectory()) found.push(...photosIn(folder, path));
    else if (/\.(jpe?g|png|webp)$/i.test(entry.name)) found.push(path);
  }
  return found;
}

/** Posts the photos and resolves to { answers: [{ person, path, id | code, ms }], seconds }. */
async function run(url, folder, photos, parallel) {
  const answers = new Array(photos.length);
  const startedAt = performance.now();
  let next = 0, done = 0;
  const worker = async () => {
    while (next < photos.length) {
      const index = next++;
      const path = photos[index];
      const { status, body, ms } = await predict(url, readFileSync(join(folder, path)), path);
      const id = status === 200 ? body?.data?.id : undefined;
      answers[index] = { person: personOf(path), path, id, code: id === undefined ? body?.code ?? `http_${status}` : undefined, ms };
      if (++done % 500 === 0) console.error(`stream: ${done} of ${photos.length} photos, ${Math.round((performance.now() - startedAt) / 1000)} s`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  return { answers, seconds: (performance.now() - startedAt) / 1000 };
}

function report({ answers, seconds }, folder, seed, parallel) {
  const answered = answers.filter(a => a.id !== undefined);
  const score = scoreClusters(answered);
  // A refused photo was told apart from everybody: a cluster of its own. This way refusing hard photos does not pay.
  const strict = scoreClusters(answers.map((a, i) => ({ person: a.person, id: a.id ?? `refused ${i}` })));
  const refusals = {};
  for (const a of answers) if (a.id === undefined) refusals[a.code] = (refusals[a.code] ?? 0) + 1;
  const latencies = answers.map(a => a.ms);
  const round = (x, digits) => Number(x.toFixed(digits));
  return {
    bench: 'stream', folder: basename(folder), seed, parallel, photos: answers.length, answered: answered.length,
    people: new Set(answers.map(a => a.person)).size, peopleAnswered: score.people, ids: score.ids,
    precision: round(score.precision, 4), recall: round(score.recall, 4), f1: round(score.f1, 4), f1RefusalsAlone: round(strict.f1, 4),
    falseMergePairs: score.falseMerges, splitPairs: score.splits, mixedIds: score.mixedIds, splitPeople: score.splitPeople,
    refusals, medianMs: round(quantile(latencies, 0.5), 2), p95Ms: round(quantile(latencies, 0.95), 2), seconds: round(seconds, 1),
  };
}

function print(r) {
  const refused = Object.entries(r.refusals).map(([code, n]) => `${n} ${code}`).join(', ');
  console.log(table([
    [`${r.folder}, order ${r.seed}, ${r.parallel} at once`, 'value'],
    ['photos posted', r.photos], ['photos answered with an id', r.answered], ['photos refused', r.photos - r.answered],
    ['people in the photos answered', r.peopleAnswered], ['ids created', r.ids],
    ['B-cubed precision', r.precision.toFixed(4)], ['B-cubed recall', r.recall.toFixed(4)], ['B-cubed F1', r.f1.toFixed(4)],
    ['B-cubed F1, refusals as ids of their own', r.f1RefusalsAlone.toFixed(4)],
    ['pairs falsely merged', r.falseMergePairs], ['pairs split', r.splitPairs],
    ['ids that hold several people', r.mixedIds], ['people with several ids', r.splitPeople],
    ['latency, median (ms)', r.medianMs.toFixed(1)], ['latency, 95th percentile (ms)', r.p95Ms.toFixed(1)],
    ['whole run (s)', r.seconds.toFixed(1)],
  ]));
  if (refused) console.log(`refused: ${refused}`);
}

async function main() {
  let options;
  try {
    options = parseArgs({
      options: {
        url: { type: 'string' }, binary: { type: 'string' }, folder: { type: 'string' }, seed: { type: 'string', default: '1' },
        limit: { type: 'string' }, parallel: { type: 'string', default: '1' }, json: { type: 'boolean' }, help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    fail(`${error.message}\n${usage}`);
  }
  if (options.help) return console.log(usage);
  if (!options.folder) fail(usage);
  const seed = Number(options.seed), parallel = Number(options.parallel), limit = Number(options.limit ?? Infinity);
  if (!Number.isInteger(seed) || !(parallel >= 1) || !(limit >= 1)) fail(usage);

  // Sorted first, by code unit: the order depends on the seed alone, not on the file system.
  const photos = shuffle(photosIn(options.folder).sort(), seed).slice(0, limit);
  if (photos.length === 0) fail(`stream: no photos (jpg, png, webp) in ${options.folder}`);
  const daemon = options.url ? null : await startDaemon(options.binary).catch(error => fail(`stream: ${error.message}`));
  const outcome = await run(options.url ?? daemon.url, options.folder, photos, Math.floor(parallel))
    .catch(error => fail(`stream: the daemon did not answer: ${error.message}`));
  await daemon?.stop();
  if (outcome.answers.every(a => a.id === undefined)) fail(`stream: not one photo got an id; the first answer was ${outcome.answers[0].code}`);
  const result = report(outcome, options.folder, seed, Math.floor(parallel));
  if (!options.json) print(result);
  console.log(JSON.stringify(result));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();
