// `make bench`: the benchmarks one after another, each with its peers interleaved; tables on the terminal, JSON in bench/results/.
import { parseArgs } from 'node:util';
import { fail, publishedBinary } from '../tools/daemon.mjs';
import { conduct, machine } from './harness.mjs';
import { asText, order } from './report.mjs';

// One file each, which exports `run`; the report shows them in the same order. The long run is started by itself: `node bench/soak.mjs`.
const names = order.filter(name => name !== 'soak');
const usage = `usage: node bench/run.mjs [--quick] [--only ${names.join(',')}] [--binary FILE]
  --quick   fewer rounds and sizes: some three minutes instead of fifteen, for a first look
  --only    some of the benchmarks, comma separated
  --binary  the daemon to measure (default: the published one)
Results: bench/results/NAME.json; \`node bench/report.mjs\` writes them into docs/performance.md.`;

async function main() {
  let options;
  try {
    options = parseArgs({
      options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, binary: { type: 'string', default: publishedBinary }, help: { type: 'boolean' } },
    }).values;
  } catch (error) {
    fail(`${error.message}\n${usage}`);
  }
  if (options.help) return console.log(usage);
  const chosen = options.only?.split(',') ?? names;
  const unknown = chosen.filter(name => !names.includes(name));
  if (unknown.length > 0) fail(`bench: there is no benchmark ${unknown.join(', ')}\n${usage}`);

  const about = machine();
  if (about.load > 0.5) console.error(`bench: the machine has other work (load ${about.load.toFixed(1)}): trust ratios of CPU time, not clock times`);
  for (const name of chosen) {
    console.error(`bench: ${name}`);
    const { run } = await import(`./${name}.mjs`);
    console.log(asText(await conduct(run, options, about, text => console.error(`bench: ${name}: ${text}`))));
  }
}

await main().catch(error => fail(`bench: ${error.stack}`));
