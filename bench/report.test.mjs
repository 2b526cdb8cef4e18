// What `node bench/report.mjs` writes into docs/performance.md.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../tools/daemon.mjs';
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
