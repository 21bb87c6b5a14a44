// Whose pages are read: each person is made once, by a browser that nobody listens to, and lives on in their cookies.
// The service's day is always the same one, so that a read does not depend on the day it is done.
import { createRequire } from 'node:module';
import { notPages } from '../checks/journeys.mjs';
import { area, send, tell, write } from '../checks/lives.mjs';
import { begin, mainForm, press, submit } from '../checks/person.mjs';
import { start } from '../checks/service.mjs';

const { chromium } = createRequire(new URL('../checks/pages.mjs', import.meta.url))('playwright-core');

/** A Wednesday in term time, when today's questions are asked; every run begins at this moment of the service's own clock. */
const BEGINS = Date.parse('2026-12-02T10:00:00Z');
const FAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** The service with its demonstration, on its fixed day. */
export async function serve(heard) {
  const seconds = Math.round((BEGINS - Date.now()) / 1000);
  return start(heard, {
    LD_PRELOAD: process.env.HEARD_TEST_FAKETIME ?? FAKETIME, FAKETIME: `${seconds < 0 ? '' : '+'}${seconds}`, FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1',
    HEARD_WORDS: undefined, HEARD_CONTACT: undefined,
  });
}

const PARENT = { role: 'parent', about: 'one', age: '5_11', methods: ['speech', 'symbols'], helped: 'yes' };
const FILES = [
  { name: 'Our film.mp4', from: 'video.mp4', is: { what: 'A film of the bus', whose: 'child_or_young_person', reached: 'said', language: 'en', assent: 'yes' } },
  { name: 'Letter.pdf', from: 'scanned.pdf', is: { whose: 'professional', reached: 'written' } },
  { name: 'My pages.obz', from: 'boards.obz', is: { whose: 'child_or_young_person', language: 'en' } },
];
const LETTER = { text: 'The bus was late all winter. The teacher was kind.', is: { whose: 'parent', reached: 'written', language: 'en' } };
const DATE = { rule: 'final_plan', 'asked-day': '2', 'asked-month': '9', 'asked-year': '2025', outcome: 'yes', 'answered-day': '31', 'answered-month': '1', 'answered-year': '2026' };

/** Waits until the worker has done what it does with what was sent: until then, pages say other things. */
async function atRest({ page, open }, path, done) {
  for (const began = Date.now(); Date.now() - began < 300_000; await page.waitForTimeout(1000)) {
    await open(path);
    const said = await page.locator('main').innerText();
    if (!/still (looking|storing)|We are getting/.test(said) && done(said)) return;
  }
  throw new Error(`${path} never came to rest:\n${await page.locator('main').innerText()}`);
}

// What is in a file from a communication aid can be seen once all was done with it.
const allChecked = (said) => said.split('We checked it.').length > FILES.length && said.includes('See what is in My pages.obz');

async function full(walk) {
  const { page, open } = walk;
  await begin(walk);
  await tell(walk, '/tell/who', PARENT);
  await area(walk, 'Exampleshire', 'lives');
  await send(walk, FILES);
  await write(walk, LETTER);
  await tell(walk, '/tell/dates/add', DATE);
  await tell(walk, '/tell/permission', { quote: 'yes', reply: 'yes' });
  await tell(walk, '/tell/contact', { way: 'email', safe: 'yes', address: 'somebody@example.org' });
  await open('/tell/say');
  await open(await page.locator('main a[href$="/people"]').first().getAttribute('href'));
  await page.locator('main input[name=nickname]').fill('red jumper');
  await press(page, submit(mainForm(page)));
  await atRest(walk, '/tell/evidence', allChecked);
}

async function sent(walk) {
  await full(walk);
  await walk.open('/tell/check');
  await walk.page.locator('form[action="/tell/send"] input[name=look_again]').check({ force: true });
  await press(walk.page, walk.page.locator('form[action="/tell/send"] button').first());
  await atRest(walk, '/sent', () => true);
}

async function card(walk) {
  const { page, open } = walk;
  await begin(walk);
  await open('/tell/card');
  await press(page, submit(mainForm(page)));
  await comeBack(walk, (await page.locator('main ol li').allTextContents()).slice(0, 6).join(' '));
}

async function comeBack({ page, open }, code) {
  await open('/return');
  await page.locator('form[action="/return"] input[name=code]').fill(code);
  await press(page, submit(page.locator('form[action="/return"]')));
}

async function signIn({ page, open, service }, role) {
  await open('/staff/sign-in');
  await page.locator('main input[autocomplete=username]').fill(`${role}@demo.invalid`);
  await page.locator('main input[type=password]').fill(service.demo.match(/Password of all made-up staff: (\S+)/)[1]);
  await press(page, submit(mainForm(page)));
  await page.locator('main input[autocomplete=one-time-code]').fill(codeOf(service, role));
  await press(page, submit(mainForm(page)));
}

/** The six numbers that one of the demonstration's staff signs in with. */
export function codeOf(service, role) {
  return service.run('demo', 'code', role).match(/\d{6}/)[0];
}

const staff = (role) => ({ door: '/staff', is: (who) => who.split(' ').includes(role), become: (walk) => signIn(walk, role) });

/** Who reads what: `is` says whose addresses of the address table are theirs. */
const PEOPLE = {
  nobody: { is: (who, path) => who === 'anyone' && !path.startsWith('/staff/join'), become: async () => {} },
  'a draft': { is: (who) => who === 'draft' || who === 'sender', from: '/tell', become: full },
  'somebody who just began': { is: () => false, from: '/tell/questions/1', become: begin },
  'a sender': { is: (who, path) => path.startsWith('/sent') || path.startsWith('/tell/copy') || path.startsWith('/tell/take-back'), from: '/sent', become: sent },
  'a card': { is: (who) => who === 'card', become: card },
  'somebody who is asked': {
    is: () => false, from: '/sent',
    become: async (walk) => comeBack(walk, walk.service.demo.match(/for whom a question waits: ([a-z ]+)/)[1]),
  },
  inspector: staff('inspector'),
  lead: staff('lead'),
  triage: staff('triage'),
  safeguarding: staff('safeguarding'),
  admin: staff('admin'),
};

/** Whether somebody of the reads comes by the door of staff. */
export const isStaff = (name) => PEOPLE[name].door === '/staff';

/** Pages that no person of the reads comes to, and where they are heard instead. */
export const heardElsewhere = {
  '/staff/sign-in/code': 'journeys/inspector.steps',
  '/staff/sign-in/recovery': 'the checks of journeys.mjs; it is the page of the code with another field',
  '/staff/join/{token}': 'the checks of journeys.mjs; a link that works once',
  '/staff/setup/password': 'the checks of journeys.mjs; follows a link that works once',
  '/staff/setup/second-step': 'the checks of journeys.mjs; shows a secret',
  '/staff/people/{id}/link': 'the checks of journeys.mjs; shows a link that works once',
};

async function withBrowser(act) {
  const browser = await chromium.launch({
    executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'],
  });
  return act(browser).finally(() => browser.close());
}

/** Waits until the copies of all that the demonstration sent are there: until then, pages of staff say other things. */
async function demonstrationAtRest(browser, service) {
  const { context, page, open, cookies } = await newPerson(browser, service, 'admin');
  // A code works once.
  service.signedIn = { admin: cookies };
  await atRest({ page, open }, '/staff/preparing', (said) => said.includes('Nothing waits.'));
  await context.close();
}

/** These cookies, with another wording chosen. */
export const inWording = (cookies, wording, origin) => [...cookies.filter(({ name }) => name !== 'heard-words'), { name: 'heard-words', value: wording, url: origin, path: '/', httpOnly: true }];

async function newPerson(browser, service, name) {
  const context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/London', javaScriptEnabled: false });
  await context.addCookies(service.signedIn?.[name] ?? []);
  const page = await context.newPage();
  const open = (path) => page.goto(service.origin + path, { waitUntil: 'load' });
  if (!service.signedIn?.[name]) await PEOPLE[name].become({ page, open, service, javaScript: false });
  return { context, page, open, cookies: await context.cookies() };
}

/** Makes one person for one journey: their cookies, and the code they come back with. */
export function onePerson(service, name) {
  return withBrowser(async (browser) => {
    const { page, open, cookies } = await newPerson(browser, service, name);
    if (!PEOPLE[name].from) return { cookies };
    await open('/tell/code');
    const code = (await page.locator('.code-words li').allTextContents()).slice(0, 6).map((word) => word.trim()).join(' ');
    return { cookies, code };
  });
}

/** Makes everybody, and gives for each their cookies and the addresses that are read as them, each address once. */
export async function everybody(service, only = () => true) {
  const pages = service.addresses.filter(({ method, path }) => method === 'GET' && !(path in notPages));
  const templates = pages.map(({ path }) => ({ path, pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/?#]+')}$`), literal: !path.includes('{') }))
    .sort((one, other) => Number(other.literal) - Number(one.literal));
  const templateOf = (path) => templates.find(({ pattern }) => pattern.test(path))?.path;
  const taken = new Set();
  const people = [];
  await withBrowser(async (browser) => {
    const names = Object.keys(PEOPLE).filter(only);
    // Senders know nothing of each other and come together; staff see what was done before them and come one by one.
    const walks = new Map(await Promise.all(names.filter((name) => !isStaff(name)).map(async (name) => [name, await newPerson(browser, service, name)])));
    if (names.some(isStaff)) await demonstrationAtRest(browser, service);
    for (const name of names) {
      const { context, page, open, cookies } = walks.get(name) ?? await newPerson(browser, service, name);
      people.push({ name, cookies, paths: await found({ page, open, pages, templateOf, person: PEOPLE[name], taken }) });
      await context.close();
    }
  });
  return people;
}

/** Every address of this person that nobody before them was read at; those with an id by a link that leads there. */
async function found({ page, open, pages, templateOf, person, taken }) {
  const here = [];
  const waiting = pages.filter(({ path, who }) => person.is(who, path) && !path.includes('{')).map(({ path }) => path);
  if (person.from) waiting.unshift(person.from);
  const been = new Map();
  while (waiting.length) {
    const path = waiting.shift();
    const template = templateOf(path.split('?')[0]);
    // What leads on differs from one submission to the next, so a few of each are looked into.
    const looks = been.get(template) ?? new Set();
    if (!template || looks.has(path) || looks.size >= (template.includes('{') ? 8 : 1)) continue;
    been.set(template, looks.add(path));
    const answer = await open(path);
    if (answer.status() >= 400 || !answer.headers()['content-type']?.startsWith('text/html') || templateOf(new URL(page.url()).pathname) !== template) continue;
    if (!taken.has(template)) {
      taken.add(template);
      here.push({ template, path });
    }
    const links = await page.locator('main a[href^="/"]').evaluateAll((all) => all.map((link) => link.getAttribute('href').split('#')[0]));
    waiting.push(...links.filter((link) => templateOf(link.split('?')[0])?.includes('{')));
  }
  return here;
}
