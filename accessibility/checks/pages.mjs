// Visits every page and state of a running Heard in Chromium, with JavaScript off and on, at phone and desk width, and
// fails on any fault: axe, invalid HTML, sideways scrolling, a request to another host, a complaint of the browser.
// It also fails when an address of the address table was never seen.
//
// Journeys are walked side by side, as many as the machine has processors. A document is looked at once: one that two
// people get alike, but for ids, codes and moments, and one without a script is the same with JavaScript off and on (our
// Content-Security-Policy lets no script stand in the page itself).
//
//   node pages.mjs --heard PATH [--screenshots FOLDER] [--only WORD] [--side-by-side NUMBER]
import { chromium } from 'playwright-core';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { axeFaults, htmlFaults, listen, widthFaults } from './faults.mjs';
import { journeysOf, notPages } from './journeys.mjs';
import { start } from './service.mjs';

const sizes = [{ width: 320, height: 640 }, { width: 1280, height: 800 }];
const options = read(process.argv.slice(2));
const faults = [];
const seen = new Set();
const checked = new Set();
let looks = 0;
let opened = 0;

function read(given) {
  const options = {};
  for (let at = 0; at < given.length; at += 2) options[given[at].replace(/^--/, '')] = given[at + 1];
  if (!options.heard) throw new Error('say which program to look at: --heard PATH');
  return options;
}

const service = await start(options.heard);
const templates = service.addresses.map((address) => ({
  ...address,
  pattern: new RegExp(`^${address.path.replace(/\{\*[^}]+\}/g, '.+').replace(/\{[^}]+\}/g, '[^/]+')}$`),
  literal: !address.path.includes('{'),
})).sort((one, other) => Number(other.literal) - Number(one.literal));

function templateOf(path, method = 'GET') {
  return templates.find((address) => address.method === method && address.pattern.test(path))?.path;
}

/** Looks at the page that is open, as it is, at both widths. */
async function look(page, state, walk) {
  const path = new URL(page.url()).pathname;
  const template = templateOf(path);
  if (template && walk.answer?.status() < 400) seen.add(template);
  const name = `${template ?? path}, ${state}`;
  const report = (found) => faults.push(...found.map((fault) => `${name} (JavaScript ${walk.javaScript ? 'on' : 'off'}): ${fault}`));
  report(walk.heard.take().filter((fault) => !expected(fault, walk)));
  const html = walk.answer ? await walk.answer.text().catch(() => '') : '';
  opened += 1;
  const same = fingerprint(html, walk.javaScript);
  if (html && checked.has(same)) return;
  checked.add(same);
  looks += 1;
  if (html) report(await htmlFaults(html));
  for (const size of sizes) {
    await page.setViewportSize(size);
    if (size.width === 320) report(await widthFaults(page));
    report((await axeFaults(page, walk.javaScript)).map((fault) => `at ${size.width} px: ${fault}`));
    if (options.screenshots) await shoot(page, name, size);
  }
}

/** What makes a document different from another to whoever looks at it: not whose it is, nor when it was made. */
function fingerprint(html, javaScript) {
  const alike = html
    .replace(/value="[^"]*"/g, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/HRD-\w{4}-\w{4}/g, 'REFERENCE')
    .replace(/<time [^>]*>[^<]*<\/time>/g, 'MOMENT')
    .replace(/<ol class="code-words"[^]*?<\/ol>/g, 'CODE')
    .replace(/(\w+)-(on|off)@example\.org/g, '$1@example.org');
  const mode = html.includes('<script') ? `JavaScript ${javaScript}` : 'no script';
  return createHash('sha256').update(`${mode}\n${alike}`).digest('hex');
}

/** A page that says 404 is what that page is for; the browser's own remark about it is no fault. */
function expected(fault, walk) {
  return walk.answer?.status() >= 400 && fault.includes('Failed to load resource');
}

async function shoot(page, name, size) {
  mkdirSync(options.screenshots, { recursive: true });
  const file = name.replace(/[^a-z0-9]+/gi, '-').replace(/^-|-$/g, '').slice(0, 100);
  await page.screenshot({ path: join(options.screenshots, `${file}-${size.width}.png`), fullPage: true });
}

const browser = await chromium.launch({
  executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'],
});

/** Walks one journey in a browser context of its own. */
async function walkOne(journey, javaScript) {
  const context = await browser.newContext({
    javaScriptEnabled: javaScript, viewport: sizes[0], locale: 'en-GB', timezoneId: 'Europe/London',
    acceptDownloads: false, reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const walk = { javaScript, heard: listen(context, service.origin), answer: null };
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) walk.answer = response;
  });
  const began = Date.now();
  const walking = journey.walk({
    page, service, templateOf, javaScript,
    look: (state) => look(page, state, walk),
    open: async (path) => { await page.goto(service.origin + path, { waitUntil: 'load' }); return walk.answer; },
  });
  // A journey that cannot go on is a fault, and the others are walked all the same.
  await walking.catch((error) => faults.push(`${journey.name} stopped at ${page.url()}: ${error.message.split('\n')[0]} ${error.stack.match(/(?:journeys|lives)\.mjs:\d+/)?.[0]}`));
  console.log(`${journey.name}, JavaScript ${javaScript ? 'on' : 'off'}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  await context.close();
}

try {
  const waiting = journeysOf(service).filter((journey) => !options.only || journey.name.includes(options.only));
  const walkers = Array.from({ length: Number(options['side-by-side'] ?? Math.max(2, availableParallelism())) }, async () => {
    // Whoever walks a journey walks it in both modes, one after the other: one person is never in two places.
    for (let journey = waiting.shift(); journey; journey = waiting.shift()) {
      for (const javaScript of journey.modes ?? [false, true]) await walkOne(journey, javaScript);
    }
  });
  await Promise.all(walkers);
} catch (error) {
  console.error(service.log().split('\n').slice(-20).join('\n'));
  throw error;
} finally {
  await browser.close();
  service.stop();
}

if (!options.only) {
  const pages = service.addresses.filter((address) => address.method === 'GET');
  for (const { path } of pages) {
    if (!seen.has(path) && !(path in notPages)) faults.push(`no journey of journeys.mjs came to ${path}`);
  }
  for (const path of Object.keys(notPages)) {
    if (!pages.some((address) => address.path === path)) faults.push(`${path} is in journeys.mjs, but not in the address table`);
  }
}

const different = [...new Set(faults)];
if (options.screenshots) writeFileSync(join(options.screenshots, 'faults.txt'), different.join('\n'));
console.log(`${opened} states of ${seen.size} pages were opened; ${looks} of them differ and were looked at, at ${sizes.length} widths each: ${different.length} faults`);
for (const fault of different) console.error(fault);
process.exit(different.length ? 1 : 0);
