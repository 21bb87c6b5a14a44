// Sends and records by script in real browsers as people do, and as lines break: sending, paused, offline, through a
// network that lets little out, after a reload, on another device, with another file, with a page that is killed. Each
// state is looked at by axe and in the accessibility tree. What is kept is compared, digest by digest, with what was chosen.
//
// The stories stand in uploads/: sending.mjs, refused.mjs (what must never be said too early) and recording.mjs. Most of
// the time they wait, so some are walked side by side.
//
//   node uploads.mjs --heard PATH [--screenshots FOLDER] [--only WORD] [--side-by-side NUMBER]
import { chromium } from 'playwright-core';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { start } from './service.mjs';
import { recording } from './uploads/recording.mjs';
import { refused } from './uploads/refused.mjs';
import { sending } from './uploads/sending.mjs';
import { toolsOf } from './uploads/tools.mjs';

const options = {};
const given = process.argv.slice(2);
for (let at = 0; at < given.length; at += 2) options[given[at].replace(/^--/, '')] = given[at + 1];
const folder = mkdtempSync(join(tmpdir(), 'heard-uploads.'));
const service = await start(options.heard);
const browser = await chromium.launch({
  executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
    // Two cameras and some microphones that Chromium makes up, and nobody to ask.
    '--use-fake-device-for-media-stream=device-count=2', '--use-fake-ui-for-media-stream',
  ],
});
const faults = [];
let passed = 0;
const began = Date.now();

async function walk([name, story]) {
  const from = Date.now();
  const tools = toolsOf({ service, browser, folder, faults, screenshots: options.screenshots, story: name });
  const note = (error) => faults.push(`${name}: ${error.message.split('\n').slice(0, 6).join(' ')} ${error.stack.match(/(sending|refused|recording|tools)\.mjs:\d+/)?.[0]}`);
  await story(tools).then(() => (passed += 1), note);
  console.log(`${name}: ${((Date.now() - from) / 1000).toFixed(1)} s`);
  await tools.close();
}

try {
  // The longest first, so that nothing waits for it at the end.
  const all = Object.entries({ ...recording, ...sending, ...refused }).filter(([name]) => !options.only || name.includes(options.only));
  const walkers = Array.from({ length: Number(options['side-by-side'] ?? 3) }, async () => {
    for (let next = all.shift(); next; next = all.shift()) await walk(next);
  });
  await Promise.all(walkers);
} finally {
  await browser.close();
  service.stop();
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
console.log(`${passed} ways of sending, ${faults.length} faults, ${((Date.now() - began) / 1000).toFixed(0)} s`);
process.exit(faults.length ? 1 : 0);
