// Visits every page and state of a running Heard in Chromium, with JavaScript off and on, and fails on any fault of any
// tool (tools/): axe, the IBM engine, html-validate, the Nu checker, and our own look at how the page lies, on a phone at
// 400 %, on a desk, and in forced colours; a request to another host, a complaint of the browser. It also fails when an
// address of the address table was never seen.
//
// Journeys are walked side by side, as many as the machine has processors. Each different document is looked at once: one
// that two people get alike, but for ids, codes and moments, is one document, and one without a script is the same with
// JavaScript off and on (our Content-Security-Policy lets no script stand in the page itself). It is looked at on a desk
// (tools/desk.mjs), by axe and the IBM engine once for each structure (structure.mjs), which is what they look at; a page
// whose script may act is looked at where it stands, in each state that the script gives it. Where a journey only goes by, the document is fetched first, and opened only if it has not been looked at.
//
//   node pages.mjs --heard PATH [--screenshots FOLDER] [--only WORD] [--side-by-side NUMBER]
import { chromium } from 'playwright-core';
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { journeysOf, notPages } from './journeys.mjs';
import { listen } from './listen.mjs';
import { start } from './service.mjs';
import { structureOf } from './structure.mjs';
import { lookWhereItStands, openDesk } from './tools/desk.mjs';
import { htmlFaults, nuFaults } from './tools/markup.mjs';

const sizes = [{ width: 320, height: 640 }, { width: 1280, height: 800 }];
const options = read(process.argv.slice(2));
const faults = [];
const seen = new Set();
const checked = new Set();
const documents = new Map();
const structures = new Set();
const spent = new Map();
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

/** Looks at the page that is open, as it is. */
async function look(page, state, walk) {
  const { pathname, search } = new URL(page.url());
  const name = nameOf(pathname, state, walk);
  const report = (found) => found.forEach((fault) => say(`${name}: ${fault}`));
  met(pathname, walk.answer?.status());
  report(walk.heard.take().filter((fault) => !expected(fault, walk)));
  const html = (walk.answer && await walk.answer.text().catch(() => null)) ?? await page.content();
  // What reads a page aloud changes nothing before it is opened; aloud.mjs opens it.
  const reads = /<script type="module" src="\/assets\/read\.[^"]*"><\/script>/g;
  const acts = walk.javaScript && html.replace(reads, '').includes('<script');
  const source = fingerprint(html, acts);
  const stands = acts ? fingerprint(await page.content(), acts) : source;
  const fresh = !checked.has(source);
  if (!fresh && checked.has(stands)) return;
  checked.add(source).add(stands);
  looks += 1;
  if (fresh) {
    documents.set(documents.has(name) ? `${name} (${looks})` : name, html);
    report(await timed('html-validate', () => htmlFaults(html)));
  }
  report(acts ? await timed('where it stands', () => lookWhereItStands(page)) : await walk.desk.look(html, pathname + search, isNew(html)));
  if (options.screenshots) for (const size of sizes) await shoot(page, name, size);
}

/** Whether no document of this structure has been before axe and the IBM engine: they look at what a page is made of. */
function isNew(html) {
  const structure = createHash('sha256').update(structureOf(html)).digest('hex');
  if (structures.has(structure)) return false;
  structures.add(structure);
  return true;
}

/** Goes by a page, and looks at it if nobody has looked at this document. Gives its HTML. */
async function come(page, path, state, walk) {
  const answer = await timed('fetch', () => page.request.get(service.origin + path, { headers: { accept: 'text/html' } }));
  if (!answer.headers()['content-type']?.startsWith('text/html')) return '';
  const html = await answer.text();
  if (checked.has(fingerprint(html, walk.javaScript && html.includes('<script')))) {
    met(new URL(answer.url()).pathname, answer.status());
    return html;
  }
  await walk.open(path);
  await look(page, state, walk);
  return html;
}

/** A fault is said at once, and again at the end. */
function say(fault) {
  if (!faults.includes(fault)) console.error(fault);
  faults.push(fault);
}

function nameOf(path, state, { javaScript }) {
  return `${templateOf(path) ?? path}, ${state} (JavaScript ${javaScript ? 'on' : 'off'})`;
}

function met(path, status) {
  opened += 1;
  const template = templateOf(path);
  if (template && status < 400) seen.add(template);
}

async function timed(part, work) {
  const from = performance.now();
  const found = await work();
  spend(part, performance.now() - from);
  return found;
}

function spend(part, milliseconds) {
  const { times = 0, all = 0 } = spent.get(part) ?? {};
  spent.set(part, { times: times + 1, all: all + milliseconds });
}

/** What makes a document different from another to whoever looks at it: not whose it is, nor when it was made. */
function fingerprint(html, acts) {
  const alike = html
    .replace(/value="[^"]*"/g, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replace(/HRD-\w{4}-\w{4}/g, 'REFERENCE')
    .replace(/blob:[^"]*/g, 'BLOB')
    .replace(/<time [^>]*>[^<]*<\/time>/g, 'MOMENT')
    .replace(/<ol class="code-words"[^]*?<\/ol>/g, 'CODE')
    .replace(/(\w+)-(on|off)@example\.org/g, '$1@example.org');
  return createHash('sha256').update(`${acts ? 'acts' : 'lies'}\n${alike}`).digest('hex');
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
async function walkOne(journey, javaScript, desk) {
  const context = await browser.newContext({
    javaScriptEnabled: javaScript, viewport: sizes[0], locale: 'en-GB', timezoneId: 'Europe/London',
    acceptDownloads: false, reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const open = async (path) => {
    await timed('open', () => page.goto(service.origin + path, { waitUntil: 'load' }));
    return walk.answer;
  };
  const walk = { javaScript, desk, open, heard: listen(context, service.origin), answer: null };
  page.on('response', (response) => {
    if (response.request().isNavigationRequest() && response.frame() === page.mainFrame()) walk.answer = response;
  });
  const began = Date.now();
  const walking = journey.walk({
    page, service, templateOf, javaScript, open,
    look: (state) => look(page, state, walk),
    come: (path, state) => come(page, path, state, walk),
  });
  // A journey that cannot go on is a fault, and the others are walked all the same.
  await walking.catch((error) => faults.push(`${journey.name} stopped at ${page.url()}: ${error.message.split('\n')[0]} ${error.stack.match(/(?:journeys|lives)\.mjs:\d+/)?.[0]}`));
  console.log(`${journey.name}, JavaScript ${javaScript ? 'on' : 'off'}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
  await context.close();
}

try {
  const ahead = journeysOf(service).filter((journey) => !options.only || journey.name.includes(options.only));
  if (!ahead.length) throw new Error(`no journey is called ${options.only}`);
  const walkers = Array.from({ length: Number(options['side-by-side'] ?? Math.max(2, availableParallelism())) }, async () => {
    const desk = await openDesk(browser, `${service.origin}/help`, spend);
    // Whoever walks a journey walks it in both modes, one after the other: one person is never in two places.
    for (let journey = ahead.shift(); journey; journey = ahead.shift()) {
      for (const javaScript of journey.modes ?? [false, true]) await walkOne(journey, javaScript, desk);
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

for (const [name, found] of await timed('Nu', () => nuFaults(documents))) for (const fault of found) say(`${name}: ${fault}`);

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
for (const [part, { times, all }] of spent) console.log(`${part}: ${times} times, ${(all / 1000).toFixed(1)} s, ${(all / times).toFixed(0)} ms each`);
console.log(`${opened} states of ${seen.size} pages; ${looks} of them differ and were looked at with every tool (${documents.size} documents, ${structures.size} structures): ${different.length} faults`);
for (const fault of different) console.error(fault);
process.exit(different.length ? 1 : 0);
