// The journeys that come to every page in every state. They go by the address table, so that a new page is visited
// without a word here; only what leads from one state to the next is written out.
import { readdirSync } from 'node:fs';
import { fill, press, pressEmpty } from './person.mjs';
import { totp } from './totp.mjs';

/** Addresses that answer with something other than a page, and what it is. Every other GET address must be seen. */
export const notPages = {
  '/health/live': 'a word for the machine that watches',
  '/health/ready': 'a word for the machine that watches',
};

const fixtures = new URL('../../tests/fixtures/', import.meta.url);

function submitter(wording) {
  return {
    name: `a family, ${wording}`,
    async walk(walk) {
      const { page, open, look, service } = walk;
      await page.context().addCookies([{ name: 'heard-words', value: wording, url: service.origin }]);
      await everyPage(walk, `nobody yet, ${wording}`, (who) => who === 'anyone' || who === 'draft' || who === 'sender');
      await open('/no-such-page');
      await look('no such page');

      await open('/');
      await press(page, page.locator('form[action="/begin"] button').first());
      await look(`begun, ${wording}`);
      await everyPage(walk, `empty draft, ${wording}`, (who) => who === 'draft' || who === 'sender');
      await everyForm(walk, `nothing filled in, ${wording}`, pressEmpty);
      await everyForm(walk, `filled in, ${wording}`, async (page, form) => { await fill(form); return press(page, submit(form)); });
      await evidence(walk, wording);
      await everyPage(walk, `full draft, ${wording}`, (who) => who === 'anyone' || who === 'draft' || who === 'sender');
      await everyLink(walk, `full draft, ${wording}`, '/tell');

      await open('/tell/check');
      await press(page, page.locator('form[action="/tell/send"] button').first());
      await look(`sent, ${wording}`);
      await everyPage(walk, `sent, ${wording}`, (who) => who === 'sender');
      await everyLink(walk, `sent, ${wording}`, '/sent');
    },
  };
}

async function evidence({ page, open, look }, wording) {
  await open('/tell/evidence');
  const chosen = page.locator('main input[type=file]');
  const names = ['video.mp4', 'voice.m4a', 'photo.jpg', 'boards.obz', 'scanned.pdf', 'unknown.xyz'];
  const there = readdirSync(fixtures);
  await chosen.setInputFiles(names.filter((name) => there.includes(name)).map((name) => new URL(name, fixtures).pathname));
  await press(page, submit(page.locator('form', { has: chosen })));
  await look(`files sent, ${wording}`);
}

function staff({ name, password, secret, role }) {
  return {
    name: `${name}, ${role}`,
    async walk(walk) {
      const { page, open, look } = walk;
      await open('/staff');
      await look('signing in');
      await pressEmpty(page, page.locator('main form').first());
      await look('signing in with nothing');
      await page.locator('main input[type=email], main input[autocomplete=username]').first().fill(name);
      await page.locator('main input[type=password]').first().fill(password);
      await press(page, submit(page.locator('main form').first()));
      await look('the second step');
      await page.locator('main input[autocomplete=one-time-code]').first().fill(totp(secret));
      await press(page, submit(page.locator('main form').first()));
      await look(`signed in, ${role}`);
      const mine = (who) => who.split(' ').includes(role);
      await everyPage(walk, role, mine);
      await everyLink(walk, role, '/staff');
    },
  };
}

/** Opens every address of the table that needs no id, for whom `mine` holds. */
async function everyPage({ service, open, look }, state, mine) {
  for (const { method, path, who } of service.addresses) {
    if (method !== 'GET' || path.includes('{') || path in notPages || !mine(who)) continue;
    const answer = await open(path);
    if (answer?.headers()['content-type']?.startsWith('text/html')) await look(state);
  }
}

/** Follows links from page to page, one of each address template (and of each query's shape), within one door. */
async function everyLink(walk, state, from) {
  const { page, open, look, templateOf } = walk;
  const waiting = [from];
  const been = new Set();
  while (waiting.length) {
    const path = waiting.shift();
    const answer = await open(path);
    if (!answer?.headers()['content-type']?.startsWith('text/html')) continue;
    if (path !== from) await look(state);
    const links = await page.locator('a[href^="/"]').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    for (const link of links) {
      const [bare, query] = link.split('#')[0].split('?');
      const template = templateOf(bare);
      if (!template || template in notPages || !bare.startsWith(from.split('/').slice(0, 2).join('/'))) continue;
      const shape = template + (query ? `?${[...new URLSearchParams(query).keys()].sort()}` : '');
      if (!been.has(shape)) {
        been.add(shape);
        waiting.push(link.split('#')[0]);
      }
    }
  }
}

/** Presses the main form of every draft page. What ends or removes something has steps of its own. */
async function everyForm(walk, state, act) {
  const { page, service, open, look } = walk;
  const ends = ['/tell/send', '/tell/take-back', '/tell/evidence', '/tell/check'];
  for (const { method, path, who } of service.addresses) {
    if (method !== 'GET' || who !== 'draft' || path.includes('{') || ends.includes(path)) continue;
    const answer = await open(path);
    if (!answer?.headers()['content-type']?.startsWith('text/html')) continue;
    const form = page.locator('main form[method=post]').first();
    if (!(await form.count())) continue;
    await act(page, form);
    await look(`${path.slice(1)} ${state}`);
  }
}

function submit(form) {
  return form.locator('button[type=submit], button:not([type]), input[type=submit]').first();
}

export function staffJourneys(demo) {
  return demo.map(staff);
}

export const journeys = ['plain', 'short', 'pictures'].map(submitter);
