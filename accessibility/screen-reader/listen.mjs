// Has the pages of a running Heard read by a real screen reader, and compares what was said with `expected/`.
//
//   node listen.mjs --heard PATH [--browser chromium|firefox] [--wording plain] [--scripts on|off] [--only WORD]
//                   [--kind reads|journeys|faults] [--walk all|always] [--door all|senders] [--side-by-side NUMBER] [--slow MILLISECONDS] [--update yes]
//
// A read or a journey that differs is done once more, on a desktop of its own, when all the others are over and the machine
// has nothing else to do; every such second time is counted and printed. `--walk always` leaves out the journeys that are not walked on every change, `--door senders` the pages of
// staff. `--update yes` writes what was heard into `expected/`, for a person to look at before it is kept.
import { chromium } from './chromium.mjs';
import { desktop } from './desktop.mjs';
import { firefox } from './firefox.mjs';
import { ear } from './ear.mjs';
import { faultsToHear, hearFault } from './faults.mjs';
import { difference, differsTwice, expected, keep } from './expected.mjs';
import { journeys, walk } from './journeys.mjs';
import { everybody, heardElsewhere, isStaff, onePerson, serve } from './people.mjs';
import { nameOf, read, stalled } from './reads.mjs';
import { notPages } from '../checks/journeys.mjs';

const options = { browser: 'chromium', wording: 'plain', scripts: 'on', 'side-by-side': '2', slow: '0' };
const given = process.argv.slice(2);
for (let at = 0; at < given.length; at += 2) options[given[at].replace(/^--/, '')] = given[at + 1];
if (!options.heard) throw new Error('say which program to listen to: --heard PATH');

const BROWSERS = { chromium, firefox };
const faults = [];
let again = 0;
let done = 0;

async function listener() {
  const ours = await desktop({ slow: Number(options.slow) });
  try {
    const scripts = options.scripts === 'on';
    const browser = await BROWSERS[options.browser](ours, { scripts });
    await browser.scripts(scripts);
    return { desktop: ours, browser, ear: ear(ours, browser), stop: async () => { await browser.stop(); await ours.stop(); } };
  } catch (error) {
    await ours.stop();
    throw error;
  }
}

/** What is to be heard: each with its name, its title, and what does it. */
function readsOf(people, origin) {
  return people.flatMap(({ name: who, cookies, paths }) => paths.map((page) => ({
    name: `${options.browser}/${options.wording}/${nameOf(page.template)}`,
    title: `${page.template}, read as ${who}`,
    async hear(listening) {
      await listening.browser.become(cookies, origin);
      return read(listening, origin, page);
    },
  })));
}

/** Each journey has a service of its own: what one person sends, another would meet in a queue. */
function journeysToWalk() {
  const mode = options.scripts;
  const ours = ({ scripts, browser }) => ['both', mode].includes(scripts) && ['both', options.browser].includes(browser);
  return journeys().filter(ours).filter(({ always }) => always || options.walk !== 'always').map((journey) => {
    const name = `${options.browser}/journeys/${journey.name}${mode === 'on' ? '' : '-without-script'}`;
    return {
      name,
      title: journey.title,
      async hear(listening) {
        const own = await serve(options.heard);
        try {
          const { cookies, code } = await onePerson(own, journey.as, options.wording);
          await listening.browser.become(cookies, own.origin);
          return await walk(journey, name, listening, { service: own, code });
        } finally {
          own.stop();
        }
      },
    };
  });
}

const differed = [];

const heardOf = (one, listening) => one.hear(listening).catch((error) => [`(stopped: ${error.message})`]);

/** Hears one thing. */
async function hear(one, listening) {
  const should = expected(one.name);
  const was = await heardOf(one, listening);
  done += 1;
  if (options.update) keep(one.name, one.title, was);
  else if (!should) faults.push(`${one.title} (expected/${one.name}.txt):\nthere is no such file yet`);
  else if (should.join('\n') !== was.join('\n')) differed.push({ one, should, was });
}

/** What differed is heard once more, by a listener who has just sat down. */
async function hearAgain() {
  for (const { one, should, was } of differed) {
    again += 1;
    console.log(`once more: ${one.title}\n${difference(should, was).join('\n')}`);
    const listening = await listener();
    const now = await heardOf(one, listening).finally(listening.stop);
    if (differsTwice(should, was, now)) faults.push(`${one.title} (expected/${one.name}.txt):\n${difference(should, now).join('\n')}`);
  }
}

async function hearAll(waiting) {
  const began = Date.now();
  await Promise.all(Array.from({ length: Math.min(waiting.length, Number(options['side-by-side'])) }, async () => {
    const listening = await listener();
    try {
      for (let one = waiting.shift(); one; one = waiting.shift()) {
        const from = Date.now();
        await hear(one, listening);
        if (options.times) console.log(`${((Date.now() - from) / 1000).toFixed(1)} s  ${one.title}`);
      }
    } finally {
      await listening.stop();
    }
  }));
  await hearAgain();
  return ((Date.now() - began) / 1000).toFixed(0);
}

async function hearFaults() {
  const { rows, origin, stop } = await faultsToHear();
  const listening = await listener();
  const heard = [];
  try {
    for (const row of rows) {
      let { caught, problems } = await hearFault(listening, origin, row);
      if (problems.length) {
        again += 1;
        console.log(`once more: ${row.file}\n${problems.join('\n')}`);
        ({ caught, problems } = await hearFault(listening, origin, row));
      }
      if (caught) heard.push(row.file);
      faults.push(...problems);
    }
  } finally {
    await listening.stop();
    stop();
  }
  console.log(`${rows.length} seeded faults were listened to in ${options.browser}, and ${heard.length} are heard: ${heard.join(', ')}`);
}

const service = await serve(options.heard);
const wanted = ({ title, name }) => !options.only || title.includes(options.only) || name.includes(options.only);
try {
  if ([undefined, 'faults'].includes(options.kind)) await hearFaults();
  const waiting = [undefined, 'journeys'].includes(options.kind) ? journeysToWalk().filter(wanted) : [];
  const walked = waiting.length;
  if ([undefined, 'reads'].includes(options.kind)) {
    const atDoor = (name) => options.door !== 'senders' || !isStaff(name);
    const people = await everybody(service, options.wording, (name) => atDoor(name) && (!options.who || name === options.who));
    const read = new Set(people.flatMap(({ paths }) => paths.map(({ template }) => template)));
    if (options.wording === 'plain' && !options.only && !options.who) {
      for (const { method, path } of service.addresses) {
        if (method === 'GET' && !(path in notPages) && !read.has(path) && !(options.door === 'senders' && path.startsWith('/staff')) && !(path in heardElsewhere)) faults.push(`nobody reads ${path}`);
      }
    }
    waiting.push(...readsOf(people, service.origin).filter(wanted));
  }
  const seconds = await hearAll(waiting);
  console.log(`${walked} journeys and ${done - walked} reads in ${options.browser}, ${options.wording}, JavaScript ${options.scripts}: ${seconds} s, ${stalled.length} reads begun again, ${again} of them heard once more, ${faults.length} differences`);
  for (const one of stalled) console.log(`begun again: ${one}`);
} catch (error) {
  console.error(service.log().split('\n').slice(-10).join('\n'));
  throw error;
} finally {
  service.stop();
}
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);
