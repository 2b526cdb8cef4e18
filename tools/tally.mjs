// Adds up the test runners' results and prints `N passed, N failed[, N skipped]` as its last line; exit code 1 when anything
// failed. usage: node tools/tally.mjs RESULT... with the files that must be there: .trx of dotnet test, .tap of node --test.
// A result that is missing or broken off counts as one failure, and so does a runner that failed (RESULT.died lies beside its
// result) though no test of its did: a run that died never looks like a pass.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

function fromTrx(text) {
  const counters = /<Counters\s([^>]*)>/.exec(text)?.[1];
  const outcome = /<ResultSummary\s[^>]*outcome="(\w+)"/.exec(text)?.[1];
  if (counters === undefined || outcome === undefined) return null;
  const count = name => Number(new RegExp(`\\b${name}="(\\d+)"`).exec(counters)?.[1] ?? 0);
  const passed = count('passed');
  // Whatever ran and did not pass failed, whether it is called error, timeout or aborted; notExecuted is not filled in reliably.
  let failed = count('executed') - passed;
  const skipped = count('total') - count('executed');
  // No failed test but a failed run: the test host crashed.
  if (failed === 0 && (outcome !== 'Completed' || count('total') === 0)) failed = 1;
  return { passed, failed, skipped };
}

function fromTap(text) {
  const count = name => {
    const found = new RegExp(`^# ${name} (\\d+)$`, 'm').exec(text);
    return found ? Number(found[1]) : NaN;
  };
  const passed = count('pass'), failed = count('fail') + count('cancelled'), skipped = count('skipped') + count('todo');
  if (Number.isNaN(passed + failed + skipped)) return null;
  return { passed, failed: failed === 0 && passed === 0 ? 1 : failed, skipped };
}

const total = { passed: 0, failed: 0, skipped: 0 };
for (const file of process.argv.slice(2)) {
  let result = null;
  try {
    const text = readFileSync(file, 'utf8');
    result = file.endsWith('.trx') ? fromTrx(text) : fromTap(text);
  } catch { /* not there: the runner died before it could write it */ }
  if (result === null) {
    console.log(`${basename(file)}: no result, counted as one failure`);
    result = { passed: 0, failed: 1, skipped: 0 };
  } else {
    if (result.failed === 0 && existsSync(`${file}.died`)) {
      console.log(`${basename(file)}: the runner failed though no test did, counted as one failure`);
      result.failed = 1;
    }
    console.log(`${basename(file)}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped`);
  }
  for (const key of Object.keys(total)) total[key] += result[key];
}
if (process.argv.length < 3) total.failed = 1;
console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`);
process.exitCode = total.failed > 0 ? 1 : 0;
