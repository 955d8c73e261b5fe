/** `npm test`: every check in order, up to the first that fails. */
import { spawnSync } from 'node:child_process';

const checks = [
  ['Format, lint, layers, unused code', 'lint'],
  ['Types', 'typecheck'],
  ['Unit, golden, contract and property tests', 'test:unit'],
  ['Production build', 'build'],
  ['Journeys in a browser', 'test:e2e'],
] as const;

let passed = 0;
for (const [title, script] of checks) {
  console.log(`\n━━━ ${title} (npm run ${script}) ━━━\n`);
  const started = performance.now();
  // One command string: on Windows npm is a .cmd, which only a shell can start.
  const { status } = spawnSync(`npm run --silent ${script}`, { stdio: 'inherit', shell: true });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (status !== 0) {
    console.log(`\n${title}: failed after ${seconds} s\n${passed} passed, 1 failed`);
    process.exit(1);
  }
  console.log(`\n${title}: passed in ${seconds} s`);
  passed += 1;
}
console.log(`\n${passed} passed, 0 failed`);
