// Has every page heard in both browsers, in every wording, with and without script, and writes what came of it, with its
// date, into summary.md.
//
//   node all.mjs --heard PATH [--update yes]
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const given = process.argv.slice(2);
const runs = ['chromium', 'firefox'].flatMap((browser) => ['plain', 'short', 'pictures'].flatMap((wording) => ['on', 'off'].map((scripts) => ({ browser, wording, scripts }))));

/** Runs one, and gives its last lines of figures. Nothing that it prints is held back. */
function listen({ browser, wording, scripts }) {
  return new Promise((done) => {
    // Journeys are heard in plain words; the other wordings are other words on the same pages.
    const kind = wording === 'plain' ? [] : ['--kind', 'reads'];
    const child = spawn(process.execPath, ['listen.mjs', ...given, '--browser', browser, '--wording', wording, '--scripts', scripts, ...kind], { stdio: ['ignore', 'pipe', 'inherit'] });
    let said = '';
    child.stdout.on('data', (text) => { said += text; process.stdout.write(text); });
    child.on('close', (code) => done({ passed: code === 0, figures: said.split('\n').filter((line) => / reads in | seeded faults /.test(line)) }));
  });
}

const lines = [];
let failed = 0;
for (const run of runs) {
  const { passed, figures } = await listen(run);
  if (!passed) failed += 1;
  lines.push(...figures.map((line) => `- ${line}${passed ? '' : ' **(failed)**'}`));
}
const day = new Date().toISOString().slice(0, 10);
writeFileSync(new URL('summary.md', import.meta.url), `# What the screen reader was heard to say, ${day}\n\nWritten by \`tests/run --all\`.\n\n${lines.join('\n')}\n`);
console.log(`${runs.length} runs, ${failed} failed; see summary.md`);
process.exit(failed ? 1 : 0);
