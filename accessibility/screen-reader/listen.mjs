// Has the pages of a running Heard read by a real screen reader, and compares what was said with `expected/`.
//
//   node listen.mjs --heard PATH [--browser chromium,firefox] [--wording plain,short,pictures] [--scripts on,off]
//                   [--kind faults,journeys,reads] [--walk all|always] [--door all|senders] [--only WORD,WORD] [--who PERSON]
//                   [--side-by-side NUMBER] [--slow MILLISECONDS] [--update yes] [--summary yes] [--times yes]
//
// One of each is heard unless more are named: Chromium, plain words, with script. `--walk always` leaves out the journeys that
// are not walked on every change, `--door senders` the pages of staff. `--update yes` writes what was heard into `expected/`,
// for a person to look at before it is kept. `--summary yes` writes what came of it, with its date, into `summary.md`.
//
// What differs is heard once more, on a desktop of its own, when all the others are over and the machine has nothing else to
// do; every such second time is counted and printed.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { CHROMIUM, chromium } from './chromium.mjs';
import { desktop } from './desktop.mjs';
import { FIREFOX, firefox } from './firefox.mjs';
import { ear } from './ear.mjs';
import { faultsToHear } from './faults.mjs';
import { difference, differsTwice, expected, hasStopped, keep } from './expected.mjs';
import { journeys, walk } from './journeys.mjs';
import { everybody, heardElsewhere, inWording, isStaff, onePerson, serve } from './people.mjs';
import { nameOf, read } from './reads.mjs';
import { notPages } from '../checks/journeys.mjs';

// Listening is mostly waiting: a processor carries two desktops.
const options = { browser: 'chromium', wording: 'plain', scripts: 'on', kind: 'faults,journeys,reads', 'side-by-side': String(2 * Math.min(4, availableParallelism())), slow: '0' };
const given = process.argv.slice(2);
for (let at = 0; at < given.length; at += 2) options[given[at].replace(/^--/, '')] = given[at + 1];
if (!options.heard) throw new Error('say which program to listen to: --heard PATH');
const several = (name) => options[name].split(',');

const BROWSERS = { chromium: { program: CHROMIUM, start: chromium }, firefox: { program: FIREFOX, start: firefox } };
const faults = [];

/** Those who listen alike: in one browser, with script or without. What waits to be heard by them, and what came of it. */
const groups = several('browser').flatMap((browser) => several('scripts').map((scripts) => ({
  browser, scripts: scripts === 'on', waiting: [], counts: {}, stalled: [], again: 0, differences: 0, heardFaults: [], began: 0, ended: 0,
})));

/** Somebody who has just sat down: a desktop, a browser on it, an ear. */
async function listener(group) {
  const stalled = (what) => group.stalled.push(what);
  const sit = () => desktop({ slow: Number(options.slow) });
  const ours = await sit().catch((error) => {
    stalled(`a desktop: ${error.message.split('\n')[0]}`);
    return sit();
  });
  try {
    const browser = await BROWSERS[group.browser].start(ours, { scripts: group.scripts });
    await browser.scripts(group.scripts);
    const awake = ear(ours, browser);
    if (group.browser === 'chromium') await awake.wake();
    return {
      desktop: ours, browser, ear: awake, stalled,
      stop: async () => { await browser.stop(); await ours.stop(); },
    };
  } catch (error) {
    await ours.stop();
    throw error;
  }
}

/** What is to be read, for each in every wording; pages of staff have one. */
function readsOf(group, people, origin) {
  const worded = (wording) => ({ template }) => wording === 'plain' || !template.startsWith('/staff');
  return people.flatMap(({ name: who, cookies, paths }) => several('wording').flatMap((wording) => paths.filter(worded(wording)).map((page) => ({
    kind: `reads in ${wording}`,
    name: `${group.browser}/${wording}/${nameOf(page.template)}`,
    title: `${page.template}, read as ${who}`,
    async hear(listening) {
      await listening.browser.become(inWording(cookies, wording, origin), origin);
      return read(listening, origin, page);
    },
  }))));
}

/** Each journey has a service of its own: what one person sends, another would meet in a queue. */
function journeysOf(group) {
  const ours = ({ scripts, browser }) => ['both', group.scripts ? 'on' : 'off'].includes(scripts) && ['both', group.browser].includes(browser);
  return journeys().filter(ours).filter(({ always }) => always || options.walk !== 'always').map((journey) => {
    const name = `${group.browser}/journeys/${journey.name}`;
    return {
      kind: 'journeys',
      name,
      title: journey.title,
      async hear(listening) {
        const own = await serve(options.heard);
        try {
          const { cookies, code } = await onePerson(own, journey.as);
          await listening.browser.become(cookies, own.origin);
          return await walk(journey, expected(name, group.scripts), listening, { service: own, code });
        } finally {
          own.stop();
        }
      },
    };
  });
}

const shouldBe = (group, one) => one.should ?? expected(one.name, group.scripts);
const placeOf = (group, one) => `${group.browser}, JavaScript ${group.scripts ? 'on' : 'off'}: ${one.title} (${one.name})`;
const heardOf = (one, listening) => one.hear(listening).catch((error) => [`(stopped: ${error.message})`]);

/** Hears one thing. */
async function hear(group, one, listening) {
  group.began ||= Date.now();
  const from = Date.now();
  const should = shouldBe(group, one);
  const was = await heardOf(one, listening);
  group.ended = Date.now();
  group.counts[one.kind] = (group.counts[one.kind] ?? 0) + 1;
  if (options.times) console.log(`${((group.ended - from) / 1000).toFixed(1)} s  ${placeOf(group, one)}`);
  if (!should && options.update && !hasStopped(was)) keep(one.name, one.title, was, group.scripts);
  else if (!should) fail(group, `${placeOf(group, one)}:\nthere is no expected/${one.name}.txt yet; ${was.at(-1)}`);
  else if (should.join('\n') !== was.join('\n')) differed.push({ group, one, should, was });
  else one.passed?.();
}

const differed = [];

function fail(group, text) {
  group.differences += 1;
  faults.push(text);
}

/** What differed is heard once more, by a listener who has just sat down. */
async function hearAgain({ group, one, should, was }) {
  group.again += 1;
  console.log(`once more: ${placeOf(group, one)}\n${difference(should, was).join('\n')}`);
  const listening = await listener(group);
  const now = await heardOf(one, listening).finally(listening.stop);
  // A seeded fault is judged by the second time alone; a text may have chance lines in it, another one each time.
  if (one.should ? should.join('\n') === now.join('\n') : !differsTwice(should, was, now)) one.passed?.();
  else if (options.update && !one.should && !hasStopped(now)) keep(one.name, one.title, now, group.scripts);
  else fail(group, `${placeOf(group, one)}:\n${difference(should, now).join('\n')}`);
}

/** One of those who listen side by side: goes from group to group, and hears what still waits there. */
async function listenAlong(all) {
  for (const group of groups) {
    let listening;
    const next = async () => group.waiting.shift() ?? (await all, group.waiting.shift());
    try {
      for (let one = await next(); one; one = await next()) {
        listening ??= await listener(group);
        await hear(group, one, listening);
      }
    } finally {
      await listening?.stop();
    }
  }
}

/** Makes everybody, and lets what they read wait with the rest. */
async function makeEverybody(service) {
  const atDoor = (name) => options.door !== 'senders' || !isStaff(name);
  const people = await everybody(service, (name) => atDoor(name) && (!options.who || name === options.who));
  const read = new Set(people.flatMap(({ paths }) => paths.map(({ template }) => template)));
  if (!options.only && !options.who) {
    for (const { method, path } of service.addresses) {
      if (method === 'GET' && !(path in notPages) && !read.has(path) && !(options.door === 'senders' && path.startsWith('/staff')) && !(path in heardElsewhere)) faults.push(`nobody reads ${path}`);
    }
  }
  for (const group of groups) group.waiting.push(...readsOf(group, people, service.origin).filter(wanted));
}

const words = options.only?.split(',');
const wanted = ({ title, name }) => !words || words.some((word) => title.includes(word) || name.includes(word));
const reading = several('kind').includes('reads');
const service = reading ? await serve(options.heard) : null;
const toHear = several('kind').includes('faults') ? await faultsToHear() : null;
const from = Date.now();
try {
  for (const group of groups) {
    if (toHear && group.scripts) group.waiting.push(...toHear.hear((file) => group.heardFaults.push(file)).filter(wanted));
    if (several('kind').includes('journeys')) group.waiting.push(...journeysOf(group).filter(wanted));
  }
  const all = reading ? makeEverybody(service) : Promise.resolve();
  const along = Promise.all(Array.from({ length: Number(options['side-by-side']) }, () => listenAlong(all)));
  await Promise.all([all, along]);
  // Alone, unless it is only to be written down.
  await Promise.all(Array.from({ length: options.update ? Number(options['side-by-side']) : 1 }, async () => {
    for (let one = differed.shift(); one; one = differed.shift()) await hearAgain(one);
  }));
} catch (error) {
  console.error(service?.log().split('\n').slice(-10).join('\n'));
  throw error;
} finally {
  service?.stop();
  toHear?.stop();
}

const lines = groups.map((group) => {
  const counts = Object.entries(group.counts).map(([kind, number]) => `${number} ${kind}`);
  if (group.heardFaults.length) counts[0] += ` (${group.heardFaults.length} of them heard)`;
  return `${group.browser}, JavaScript ${group.scripts ? 'on' : 'off'}: ${counts.join(', ')}; ${((group.ended - group.began) / 1000).toFixed(0)} s, `
    + `${group.stalled.length} begun again, ${group.again} heard once more, ${group.differences} differences`;
});
// Another version may say other words: whoever compares must see which ones spoke.
const versionOf = (program) => execFileSync(program, ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim().split('\n').pop();
const versions = [`Orca ${versionOf('/usr/bin/orca')}`, ...several('browser').map((name) => versionOf(BROWSERS[name].program))];
lines.push(`${((Date.now() - from) / 1000).toFixed(0)} s in all, ${faults.length} faults; ${versions.join(', ')}`);
for (const { heardFaults, browser } of groups) if (heardFaults.length) console.log(`seeded faults that are heard in ${browser}: ${heardFaults.sort().join(', ')}`);
for (const one of groups.flatMap(({ stalled }) => stalled)) console.log(`begun again: ${one}`);
for (const line of lines) console.log(line);
if (options.summary) {
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(new URL('summary.md', import.meta.url), `# What the screen reader was heard to say, ${day}\n\nWritten by \`listen.mjs --summary yes\`, which \`tests/run --all\` calls.\n\n${lines.map((line) => `- ${line}`).join('\n')}\n`);
}
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
