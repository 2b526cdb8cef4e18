// Renders results of the benchmarks as text, and as Markdown into docs/performance.md between two markers: `node bench/report.mjs`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fail, root, table } from '../tools/daemon.mjs';
import { resultsFolder } from './harness.mjs';

const page = join(root, 'docs/performance.md');
const markers = ['<!-- bench:begin, written by `node bench/report.mjs` -->', '<!-- bench:end -->'];

/** The benchmarks in the order of the report. */
export const order = ['photo', 'gallery', 'search', 'http', 'start', 'load', 'soak'];

/** A result for the terminal. */
export function asText(result) {
  return [
    ...result.tables.map(({ title, rows }) => `\n${title}\n${table(rows)}`),
    ...result.goals.length > 0 ? [`\n${table([['goal', 'wanted', 'got', 'met'], ...result.goals.map(goalRow)])}`] : [],
    '', ...result.fair.map(text => `fair:     ${text}`), ...result.unfair.map(text => `not fair: ${text}`),
  ].join('\n');
}

const goalRow = ({ goal, wanted, got, met }) => [goal, wanted, got, met ? 'yes' : '**no**'];
const cell = value => String(value ?? '').replaceAll('|', '\\|');
const row = cells => `| ${cells.map(cell).join(' | ')} |`;

/** Rows, the first being the head, as a Markdown table: first column left, figures right. */
export function markdownTable(rows) {
  return [row(rows[0]), `|${rows[0].map((_, i) => i === 0 ? '---|' : '---:|').join('')}`, ...rows.slice(1).map(row)].join('\n');
}

/** What one result tells, as Markdown. */
export function asMarkdown(result) {
  const { machine, date, commit, quick } = result;
  const busy = machine.load > 0.5 ? `; **the machine had other work (load ${machine.load.toFixed(1)}): trust ratios of CPU time, not clock times**` : '';
  return [
    `### ${result.title}`,
    `${date.slice(0, 10)}, commit ${commit}, ${machine.cores} x ${machine.cpu}, Linux ${machine.kernel}${quick ? ', quick run' : ''}${busy}.`,
    ...result.tables.map(({ title, rows }) => `${title}:\n\n${markdownTable(rows)}`),
    [...result.fair.map(text => `- Fair: ${text}`), ...result.unfair.map(text => `- Not fair: ${text}`)].join('\n'),
  ].join('\n\n');
}

/** The page with the part between the markers replaced. */
export function replaceSection(text, section) {
  const [begin, end] = markers.map(marker => text.indexOf(marker));
  if (begin < 0 || end < begin) throw new Error(`the markers ${markers.join(' and ')} are missing`);
  return `${text.slice(0, begin + markers[0].length)}\n${section}\n${text.slice(end)}`;
}

/** All results as one section: goals first, then benchmark after benchmark. */
export function section(results) {
  const goals = results.flatMap(result => result.goals);
  return [
    ...goals.length > 0 ? ['### Goals\n', markdownTable([['goal', 'wanted', 'measured', 'met'], ...goals.map(goalRow)]), ''] : [],
    ...results.map(asMarkdown),
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const results = order.map(name => join(resultsFolder, `${name}.json`)).filter(existsSync).map(file => JSON.parse(readFileSync(file, 'utf8')));
  if (results.length === 0) fail('report: there are no results in bench/results: run `make bench` first.');
  writeFileSync(page, replaceSection(readFileSync(page, 'utf8'), section(results)));
  console.log(`report: ${results.map(result => result.bench).join(', ')} written to docs/performance.md`);
}
