// A borrowed phone: what the next person finds after "Leave this site quickly" and after "Finish on this phone", in real
// Chromium with a profile on the disk. Back, the cookies, every kind of storage, the profile's own files (history, cache,
// autofill, sessions) and the server's log are searched for every word that was written, the code, and the area.
//
// And what happens in a browser that people did not choose: an app's own browser, one without cookies, two tabs, Back, a
// second press. Nothing is lost and nothing is mixed.
//
//   node borrowed.mjs --heard PATH [--only WORD]
import { chromium } from 'playwright-core';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { leaving } from './borrowed/leaving.mjs';
import { mixed } from './borrowed/mixed.mjs';
import { start } from './service.mjs';

const options = {};
const given = process.argv.slice(2);
for (let at = 0; at < given.length; at += 2) options[given[at].replace(/^--/, '')] = given[at + 1];

// The neutral place that leaving leads to: another site, on this machine.
const neutral = createServer((_, answer) => {
  answer.setHeader('content-type', 'text/html; charset=utf-8');
  answer.end('<!doctype html><html lang="en"><title>Weather</title><h1>Sunny</h1></html>');
});
await new Promise((listening) => neutral.listen(0, '127.0.0.1', listening));
const weather = `http://127.0.0.1:${neutral.address().port}/weather`;
const folder = mkdtempSync(join(tmpdir(), 'heard-borrowed.'));
const service = await start(options.heard, { HEARD_LEAVE_URL: weather });
const faults = [];
let passed = 0;
let profiles = 0;

/** A browser with a profile of its own on the disk, as a phone has; Back may show a page from memory, as phones do. */
async function phone({ profile = join(folder, `profile-${(profiles += 1)}`), ...more } = {}) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'],
    ignoreDefaultArgs: ['--disable-back-forward-cache'],
    viewport: { width: 360, height: 740 }, locale: 'en-GB', acceptDownloads: false,
    ...more,
  });
  context.setDefaultTimeout(30_000);
  return { context, profile, page: context.pages()[0] ?? await context.newPage() };
}

try {
  const stories = Object.entries({ ...leaving, ...mixed }).filter(([name]) => !options.only || name.includes(options.only));
  for (const [name, story] of stories) {
    const from = Date.now();
    const open = [];
    const tools = { service, weather, folder, phone: async (more) => { const one = await phone(more); open.push(one.context); return one; } };
    await story(tools).then(() => (passed += 1), (error) => {
      faults.push(`${name}: ${error.message.split('\n').slice(0, 8).join(' ')} ${error.stack.match(/(leaving|mixed)\.mjs:\d+/)?.[0]}`);
    });
    await Promise.all(open.map((context) => context.close().catch(() => {})));
    console.log(`${name}: ${((Date.now() - from) / 1000).toFixed(1)} s`);
  }
} finally {
  service.stop();
  neutral.close();
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
console.log(`${passed} stories of a borrowed phone, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
