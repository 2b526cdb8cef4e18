// What `node bench/report.mjs` writes into docs/performance.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../tools/daemon.mjs';
import { goalsOf } from './photo.mjs';
import { asText, markdownTable, replaceSection, section } from './report.mjs';

const result = {
  bench: 'photo', title: 'One photo', date: '2026-01-02T03:04:05Z', commit: 'abc1234', quick: false,
  machine: { cpu: 'Some CPU', cores: 2, kernel: '6.1', load: 0.1 },
  tables: [{ title: 'Medians', rows: [['', 'CPU ms'], ['ours', '11'], ['a|b', '22']] }],
  goals: [{ goal: 'CPU', wanted: 'under 20 ms', got: '25 ms', met: false }], fair: ['same photo'], unfair: ['random weights'],
};

test('a table has a head, a rule and rows; a bar in a cell is no border', () => {
  assert.equal(markdownTable(result.tables[0].rows), '|  | CPU ms |\n|---|---:|\n| ours | 11 |\n| a\\|b | 22 |');
});

test('a section tells goals, misses included, what is fair and what is not', () => {
  const text = section([result]);
  for (const part of ['| CPU | under 20 ms | 25 ms | **no** |', '### One photo', '2026-01-02, commit abc1234, 2 x Some CPU', '- Fair: same photo', '- Not fair: random weights']) {
    assert.ok(text.includes(part), `${part} is missing in\n${text}`);
  }
  assert.ok(!text.includes('other work'));
});

test('a busy machine and a quick run are told', () => {
  const text = section([{ ...result, quick: true, machine: { ...result.machine, load: 7 } }]);
  assert.match(text, /quick run.*other work \(load 7\.0\)/);
});

test('only what stands between the markers is replaced, also twice', () => {
  const page = readFileSync(join(root, 'docs/performance.md'), 'utf8');
  const once = replaceSection(page, 'first'), twice = replaceSection(once, 'second');
  assert.equal(twice, once.replace('\nfirst\n', '\nsecond\n'));
  assert.equal(once.slice(0, once.indexOf('<!--')), page.slice(0, page.indexOf('<!--')));
  assert.throws(() => replaceSection('no markers', 'x'), /missing/);
});

test('the terminal shows the same', () => {
  const text = asText(result);
  for (const part of ['Medians', 'ours', 'under 20 ms', 'fair:     same photo', 'not fair: random weights']) assert.ok(text.includes(part));
});

test('the goal against dlib holds only when it holds against each build that people run', () => {
  const samples = (sse2, avx) => new Map([
    ['FaceEdge', [{ cpuMs: 10 }]], ['dlib SSE2, upsampled', [{ cpuMs: sse2 }]], ['dlib SSE2, upsampled, huge pages', [{ cpuMs: sse2 + 1 }]],
    ['dlib AVX, upsampled', [{ cpuMs: avx }]], ['dlib AVX2, upsampled', [{ cpuMs: 100 }]],
  ]);
  const [, met] = goalsOf(samples(500, 900)), [, missed] = goalsOf(samples(490, 900));
  assert.deepEqual(met, { goal: '1080p: dlib\'s CPU over ours, upsampled', wanted: '50 or more', got: '50 (SSE2), 90 (AVX), 10 (AVX2)', met: true });
  assert.equal(missed.met, false);
  const [cpu, ratio] = goalsOf(new Map([...samples(500, 900), ['FaceEdge, somebody new', [{ cpuMs: 20 }]]]));
  assert.deepEqual([cpu.got, cpu.met], ['10 ms; somebody new 20 ms', true]);
  assert.equal(ratio.got, '50 (SSE2), 90 (AVX), 10 (AVX2); somebody new 25, 45, 5');
});
