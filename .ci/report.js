// Reads the events of "go test -json" and writes what a person wants to see: each package's line,
// what a test wrote that failed or was skipped, and at the end how many passed.
'use strict';

const longest = 300; // lines of one test, the last ones

const written = new Map(); // a test that has not ended to its output
const skipped = [];
let passed = 0;
let failed = 0;

function show(key) {
  const lines = (written.get(key) ?? []).join('').split('\n');
  if (lines.length > longest) {
    process.stdout.write(`… ${lines.length - longest} lines left out\n`);
  }
  process.stdout.write(lines.slice(-longest).join('\n'));
}

function take(event) {
  const { Action: action, Package: name, Test: test, Output: output } = event;
  const key = `${name} ${test}`;
  if (action === 'build-output' || (action === 'output' && test === undefined)) {
    if (output !== 'PASS\n') process.stdout.write(output);
  } else if (action === 'output') {
    if (!written.has(key)) written.set(key, []);
    if (!output.startsWith('=== ')) written.get(key).push(output);
  } else if (test === undefined && action === 'fail') {
    // Tests that were still running: a panic, or the time was up.
    for (const other of written.keys()) if (other.startsWith(`${name} `)) show(other);
  } else if (test !== undefined && ['pass', 'fail', 'skip'].includes(action)) {
    if (action !== 'pass') show(key);
    if (action === 'pass') passed++;
    if (action === 'fail') failed++;
    if (action === 'skip') skipped.push(test);
    written.delete(key);
  }
}

require('readline')
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    let event;
    try {
      event = JSON.parse(line);
    } catch {
      event = { Action: 'build-output', Output: `${line}\n` };
    }
    take(event);
  })
  .on('close', () => {
    const skips = skipped.length > 0 ? `, ${skipped.length} skipped (${skipped.join(', ')})` : '';
    console.log(`${passed} tests and subtests passed, ${failed} failed${skips}`);
    process.exitCode = passed > 0 && failed === 0 ? 0 : 1;
  });
