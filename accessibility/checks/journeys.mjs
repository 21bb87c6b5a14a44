// The journeys that come to every page in every state. They go by the address table, so that a new page is visited
// without a word here; only what leads from one state to the next is written out.
import { readdirSync } from 'node:fs';
import { livesOf } from './lives.mjs';
import { begin, fill, mainForm, press, pressEmpty, submit } from './person.mjs';
import { notTranslated } from './pseudo.mjs';
import { RIGHT_TO_LEFT } from './service.mjs';
import { signIn } from './signing_in.mjs';
import { totp } from './totp.mjs';

/** Addresses that answer with something other than a page, and what it is. Every other GET address must be seen. */
export const notPages = {
  '/health/live': 'a word for the machine that watches',
  '/health/ready': 'a word for the machine that watches',
  '/assets/{name}': 'styles, scripts and pictures',
  '/read-aloud/{list}': 'the sound of a page; aloud.mjs plays it',
  '/staff/items/{id}/captions': 'captions for a player',
  '/signed/{file}': 'a video of a page in British Sign Language, and its captions',
  '/.well-known/security.txt': 'text for security researchers',
  '/tell/code/file': 'the code as a file to keep',
  '/tell/copy/file': 'everything as one file to keep',
  '/tell/card/file': 'the code of a card as a file to keep',
  '/uploads': 'a list for the script that sends files',
  '/uploads/{id}': 'one file of that list',
  '/staff/media/{id}': 'what the player plays',
  '/staff/items/{id}/board/page': 'a page to keep, without style; tests/service reads it',
  '/staff/items/{id}/board/text': 'plain text to keep',
  '/staff/originals/{id}': 'a download; the question that a lead is asked first stands in tests/service',
  '/staff/cite/{reference}/{number}': 'leads to its place on the submission\'s page',
};

const fixtures = new URL('../../tests/fixtures/', import.meta.url);

const SENDERS = ['anyone', 'draft', 'sender'];

function submitter(wording) {
  return {
    name: `a family, ${wording}`,
    // The wordings differ in their words and pictures; what script adds is the same in each.
    modes: wording === 'plain' ? [false, true] : [false],
    async walk(walk) {
      const { page, open, look, service } = walk;
      await page.context().addCookies([{ name: 'heard-words', value: wording, url: service.origin }]);
      await everyPage(walk, `nobody yet, ${wording}`, (who) => SENDERS.includes(who));
      await open('/no-such-page');
      await look('no such page');
      await open('/return');
      await pressEmpty(page, page.locator('form[action="/return"]'));
      await look(`a code of nothing, ${wording}`);
      await fill(page.locator('form[action="/return"]'));
      await press(page, submit(page.locator('form[action="/return"]')));
      await look(`a wrong code, ${wording}`);

      await begin(walk);
      await look(`begun, ${wording}`);
      await begin(walk);
      await look(`one is open already, ${wording}`);
      await everyPage(walk, `empty draft, ${wording}`, (who) => who === 'draft' || who === 'sender');
      await everyForm(walk, `with nothing filled in, ${wording}`, pressEmpty);
      await everyForm(walk, `filled in, ${wording}`, async (page, form) => { await fill(form); return press(page, submit(form)); });
      await evidence(walk, wording);
      await insideAFile(walk, wording);
      await open('/tell/write');
      await page.locator('main textarea').first().fill('We waited a long time for a plan.');
      await press(page, submit(mainForm(page)));
      await look(`a writing is kept, ${wording}`);
      await childsSay(walk, wording);
      await everyPage(walk, `full draft, ${wording}`, (who) => who === 'draft' || who === 'sender');
      await everyLink(walk, `full draft, ${wording}`, '/tell');

      await open('/tell/check');
      await page.locator('form[action="/tell/send"] input[name=look_again]').check({ force: true });
      await press(page, page.locator('form[action="/tell/send"] button').first());
      await look(`sent, ${wording}`);
      await everyPage(walk, `sent, ${wording}`, (who) => who === 'draft' || who === 'sender');
      await everyLink(walk, `sent, ${wording}`, '/sent');
      await ownCard(walk, wording);
    },
  };
}

/** The questions on paper: one a page, with room to draw. */
function onPaper() {
  return {
    name: 'questions on paper',
    modes: [false],
    async walk({ page, open, look }) {
      await open('/questions');
      const questions = await page.locator('ol.questions > li').count();
      await page.emulateMedia({ media: 'print' });
      const room = await page.locator('.room-to-draw').first().boundingBox();
      if (!(room?.height > 400)) throw new Error(`there is no room to draw: ${JSON.stringify(room)}`);
      const paper = await page.pdf({ format: 'A4' });
      const pages = paper.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
      // One for what stands before the questions, and at most one for what stands after them.
      if (pages < questions + 1 || pages > questions + 2) throw new Error(`${questions} questions take ${pages} pages of paper`);
      await page.emulateMedia({ media: 'screen' });
      await look('before printing');
    },
  };
}

/** The code on paper: in large print, with nothing on the sheet that others need not know. */
function codeOnPaper() {
  return {
    name: 'the code on paper',
    modes: [false],
    async walk(walk) {
      const { page, open, look } = walk;
      const large = async (selector) => {
        const points = await page.locator(selector).first().evaluate((element) => parseFloat(getComputedStyle(element).fontSize) * 0.75);
        if (!(points >= 24)) throw new Error(`${selector} is printed at ${points} points, and must be 24`);
      };
      const onPaper = async (selectors, never) => {
        await page.emulateMedia({ media: 'print' });
        for (const selector of selectors) await large(selector);
        const text = await page.locator('body').innerText();
        for (const words of never) if (text.includes(words)) throw new Error(`“${words}” is on the paper`);
        for (const pressed of await page.locator('button, input, summary, nav a').all()) {
          if (await pressed.isVisible()) throw new Error(`something to press is on the paper: ${await pressed.evaluate((one) => one.outerHTML.slice(0, 100))}`);
        }
        const paper = (await page.pdf({ format: 'A4' })).toString('latin1');
        const sheets = paper.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
        await page.emulateMedia({ media: 'screen' });
        return sheets;
      };
      await begin(walk);
      await open('/tell/name');
      await page.locator('main input[name=name]').fill('Mum must not see');
      await press(page, submit(mainForm(page)));
      await open('/tell/write');
      await page.locator('main textarea').first().fill('Nobody asks me.');
      await press(page, submit(mainForm(page)));
      await open('/tell/code');
      const draft = await onPaper(['.code-words li', '.code-note strong'], ['Mum must not see', 'Nobody asks me']);
      if (draft > 2) throw new Error(`the code takes ${draft} sheets`);
      await open('/tell/check');
      await press(page, page.locator('form[action="/tell/send"] button').first());
      await open('/tell/code');
      await onPaper(['.code-words li', '.lead .reference'], ['Nobody asks me']);
      await look('a receipt to keep');
      await open('/sent');
      await onPaper(['.lead .reference'], ['Nobody asks me']);
    },
  };
}

/** Somebody chooses how pages look: each choice at once, and everything at its largest on pages of every kind. */
function looking() {
  return {
    name: 'how pages look',
    modes: [false],
    async walk(walk) {
      const { page, open, look, service } = walk;
      const choose = async (name, value) => {
        await press(page, page.locator(`button[name=${name}][value=${value}]`));
        const now = await page.evaluate((name) => document.documentElement.dataset[name], name);
        if (now !== value) throw new Error(`${name} is ${now}, and ${value} was chosen`);
        if (!(await page.evaluate(() => document.activeElement.matches('.notice')))) throw new Error('nothing says what has changed');
      };
      await page.context().addCookies([{ name: 'heard-words', value: 'pictures', url: service.origin }]);
      await open('/help');
      await press(page, page.locator('header .look a'));
      const all = await page.locator('main button[name]').evaluateAll((buttons) => buttons.map(({ name, value }) => [name, value]));
      for (const [name, value] of all.filter(([name]) => name !== 'as_it_was')) {
        await choose(name, value);
        await look(`${name} ${value}`);
        if (name !== 'colours') continue;
        await open('/');
        await look(`${name} ${value}`);
        await open('/look?back=%2Fhelp');
      }
      for (const [name, value] of [['size', 'largest'], ['spacing', 'most'], ['font', 'sans'], ['colours', 'dark']]) {
        if (await page.locator(`button[name=${name}][value=${value}]`).count()) await choose(name, value);
      }
      for (const path of ['/', '/questions', '/return', '/who-can-help', '/staff/sign-in']) {
        await open(path);
        await look('all at its largest');
      }
      await begin(walk);
      for (const path of ['/tell', '/tell/who', '/tell/area', '/tell/evidence', '/tell/one', '/tell/one/about', '/tell/dates/add', '/tell/code', '/tell/check']) {
        await open(path);
        await look('all at its largest');
      }
      await open('/look?back=%2Fhelp');
      await press(page, page.locator('button[name=as_it_was]'));
      if (await page.evaluate(() => document.documentElement.dataset.size)) throw new Error('it is not as it was');
      await look('as it was');
      await press(page, page.locator('main p.button-line a'));
      if (new URL(page.url()).pathname !== '/help') throw new Error(`came back to ${page.url()}`);
    },
  };
}

/** Somebody reads in a language that runs from right to left. The language is made up for this run (pseudo.mjs). */
function rightToLeft(wording) {
  return {
    name: `right to left, ${wording}`,
    modes: [false],
    async walk(walk) {
      const { page, open, look, service } = walk;
      await page.context().addCookies([{ name: 'heard-words', value: wording, url: service.origin }]);
      await open('/');
      await press(page, page.locator(`button[name=language][value=${RIGHT_TO_LEFT}]`));
      const turned = async (state) => {
        const faults = await page.evaluate(notTurned);
        if (faults.length) throw new Error(`${new URL(page.url()).pathname}, ${state}: ${faults.join('; ')}`);
        await look(`right to left, ${state}, ${wording}`);
      };
      const turnedWalk = { ...walk, look: turned, come: async (path, state) => {
        const answer = await open(path);
        if (answer?.headers()['content-type']?.startsWith('text/html')) await turned(state);
      } };
      await turned('chosen');
      await everyPage(turnedWalk, 'nobody yet', (who) => SENDERS.includes(who));
      await open(`/${notTranslated[0].replace('.toml', '')}`);
      const english = await page.locator('main :is(h1, h2, p, span)[lang=en][dir=ltr]').count();
      if (english < 5) throw new Error('what nobody has translated is not marked as English');
      await begin(walk);
      await turned('begun');
      await everyPage(turnedWalk, 'empty draft', (who) => who === 'draft' || who === 'sender');
      await everyForm(turnedWalk, 'with nothing filled in', pressEmpty);
      await open('/tell/evidence');
      await page.locator('form[action="/tell/evidence"] input[type=file]').setInputFiles(new URL('photo.jpg', fixtures).pathname);
      await press(page, submit(page.locator('form[action="/tell/evidence"]')));
      await turned('files sent');
      await everyPage(turnedWalk, 'full draft', (who) => who === 'draft' || who === 'sender');
      await open('/tell/check');
      await press(page, page.locator('form[action="/tell/send"] button').first());
      await turned('sent');
      await open('/staff/sign-in');
      if (await page.evaluate(() => document.documentElement.dir) !== 'ltr') throw new Error('staff read English');
    },
  };
}

/** What of the page that is open does not run from right to left: runs in the page. */
function notTurned() {
  const faults = [];
  const root = document.documentElement;
  if (root.dir !== 'rtl' || root.lang !== 'ar') faults.push(`the page says ${root.lang}, ${root.dir}`);
  const turn = (element) => new DOMMatrix(getComputedStyle(element, '::before').transform);
  // Each mark is a corner of two borders that is turned by 45 degrees; from right to left it is turned the other way.
  const back = document.querySelector('.back a');
  if (back && Math.sign(turn(back).b) !== -1) faults.push('the arrow of “Back” points to the left');
  for (const summary of document.querySelectorAll('summary')) {
    const down = summary.parentElement.open;
    if (Math.sign(turn(summary).b) !== (down ? -1 : 1)) faults.push('the mark of something to open points the wrong way');
  }
  const heading = document.querySelector('h1');
  const { left, right } = heading.getBoundingClientRect();
  const text = document.createRange();
  text.selectNodeContents(heading);
  const box = text.getBoundingClientRect();
  if (heading.dir !== 'ltr' && right - box.right > box.left - left + 1) faults.push('the heading stands at the left');
  return faults;
}

/** Somebody says one thing: four pages from the start to what is sent. */
function oneThing(wording) {
  return {
    name: `one thing, ${wording}`,
    async walk(walk) {
      const { page, open, look, service, javaScript } = walk;
      const come = async (path) => {
        if (new URL(page.url()).pathname !== path) throw new Error(`came to ${page.url()}, and not to ${path}`);
        await look(`one thing, ${wording}`);
      };
      await page.context().addCookies([{ name: 'heard-words', value: wording, url: service.origin }]);
      await open('/');
      await press(page, page.locator('form[action="/begin"] button[name=way]').first());
      await come('/tell/one');
      await press(page, submit(page.locator('form[action="/tell/one/words"]')));
      await look(`one thing with no words, ${wording}`);
      if (javaScript) {
        // uploads.mjs records; here somebody writes.
        await page.locator('main textarea').fill('Nobody asks me. <b>Nobody</b> 🙂');
        await press(page, submit(page.locator('form[action="/tell/one/words"]')));
      } else {
        await open('/tell/one');
        await press(page, submit(page.locator('form[action="/tell/one"]')));
        await look(`one thing with no file, ${wording}`);
        await page.locator('form[action="/tell/one"] input[type=file]').setInputFiles(new URL('video.mp4', fixtures).pathname);
        await press(page, submit(page.locator('form[action="/tell/one"]')));
      }
      await come('/tell/one/about');
      await page.locator('main input[type=radio]').first().check({ force: true });
      await page.locator('main select').selectOption('not_known');
      await press(page, submit(mainForm(page)));
      await come('/tell/check');
      await open('/tell/one');
      await look(`one thing that is said, ${wording}`);
      await open('/tell/check');
      await press(page, page.locator('form[action="/tell/send"] button').first());
      await come('/sent');
    },
  };
}

/** Somebody comes back with their code, and finds that a question waits. */
function asked(code) {
  return {
    name: 'a question waits',
    async walk({ page, open, look, javaScript }) {
      await open('/return');
      await page.locator('form[action="/return"] input[name=code]').fill(code);
      await press(page, submit(page.locator('form[action="/return"]')));
      await look('a question waits');
      await press(page, page.locator('main a[href^="/sent/questions/"]').first());
      await look('the question');
      await pressEmpty(page, mainForm(page));
      await look('an answer of nothing');
      if (!javaScript) return;
      await press(page, page.locator('main button[name=answer][value=no]'));
      await look('somebody does not want to answer');
    },
  };
}

async function evidence({ page, open, look, javaScript }, wording) {
  await open('/tell/evidence');
  const chosen = page.locator('form[action="/tell/evidence"] input[type=file]');
  const names = ['video.mp4', 'voice.m4a', 'photo.jpg', 'boards.obz', 'scanned.pdf', 'unknown.xyz'];
  const there = readdirSync(fixtures);
  await chosen.setInputFiles(names.filter((name) => there.includes(name)).map((name) => new URL(name, fixtures).pathname));
  if (javaScript) {
    // Script sends them at once; uploads.mjs looks at what may happen meanwhile.
    const what = page.locator('[data-sending] [data-act=what]:visible a');
    await page.waitForFunction(() => !document.querySelector('[data-sending] li[data-now]:not([data-now=here])'));
    await look(`files sent by script, ${wording}`);
    await press(page, what.first());
  } else {
    await press(page, submit(page.locator('form[action="/tell/evidence"]')));
  }
  await look(`files sent, ${wording}`);
  const item = page.locator('main form[action^="/tell/items/"]').first();
  if (!(await item.count())) return;
  await pressEmpty(page, item);
  await look(`an item with nothing said of it, ${wording}`);
  await open('/tell/evidence');
  await look(`what arrived, ${wording}`);
}

/** What is in a file from a communication aid, what its sender leaves out of it, and what they say of the device. */
async function insideAFile({ page, open, look }, wording) {
  const link = page.locator('main a[href$="/inside"]').first();
  // It is there once the file was read back.
  for (let tries = 0; tries < 40 && !(await link.count()); tries += 1) {
    await page.waitForTimeout(500);
    await open('/tell/evidence');
  }
  const address = await link.getAttribute('href');
  await open(address);
  await look(`what is in a file, ${wording}`);
  await page.locator('main input[name=page]').first().check({ force: true });
  await press(page, submit(mainForm(page)));
  await look(`a page of a file is left out, ${wording}`);
  await open(`${address}?page=0`);
  await look(`one page of a file, ${wording}`);
  await open(address.replace(/inside$/, 'device'));
  await look(`about the device, ${wording}`);
}

/** The child says no to something, and somebody is in a film. */
async function childsSay({ page, open, look }, wording) {
  const to = async (end) => {
    await open('/tell/say');
    await open(await page.locator(`main a[href$="${end}"]`).first().getAttribute('href'));
  };
  await to('/people');
  await pressEmpty(page, mainForm(page));
  await look(`nobody in a film, ${wording}`);
  await page.locator('main input[name=nickname]').fill('red');
  await press(page, submit(mainForm(page)));
  await look(`somebody in a film, ${wording}`);
  await page.locator('main input[name=nickname]').fill('blue');
  await page.locator('main input[name=permission][value=no]').check({ force: true });
  await press(page, submit(mainForm(page)));
  await look(`somebody who left a film, ${wording}`);
  await to('/say');
  await page.locator('main input[name=assent-on-day]').fill('32');
  await press(page, submit(mainForm(page)));
  await look(`an answer on no day, ${wording}`);
  await to('/say');
  await page.locator('main input[name=assent][value=no]').check({ force: true });
  await press(page, submit(mainForm(page)));
  await look(`the child said no, ${wording}`);
}

/** A child has a card of their own: they write, send it, say no, and take their words back. */
async function ownCard(walk, wording) {
  const { page, open, look } = walk;
  await open('/tell/card');
  await press(page, submit(mainForm(page)));
  await look(`a card is made, ${wording}`);
  const words = await page.locator('main ol li').allTextContents();
  await open('/return');
  await page.locator('main input[name=code]').fill(words.slice(0, 6).join(' '));
  await press(page, submit(page.locator('form[action="/return"]')));
  await everyPage(walk, `a child's own card, ${wording}`, (who) => who === 'card');
  await open('/tell/write');
  await look(`a child writes, ${wording}`);
  await page.locator('main textarea').first().fill('I like swimming.');
  await press(page, submit(mainForm(page)));
  await look(`a child's words are here, ${wording}`);
  await press(page, submit(page.locator('form[action="/tell/send"]')));
  await look(`a child's words are sent, ${wording}`);
  await open('/own/changed');
  await pressEmpty(page, mainForm(page));
  await look(`a child changed their mind about nothing, ${wording}`);
  await page.locator('main input[name=about]').first().check({ force: true });
  await press(page, submit(mainForm(page)));
  await look(`a child changed their mind, ${wording}`);
  await open('/own/changed');
  await page.locator('main input[name=about][value=own_words]').check({ force: true });
  await press(page, submit(mainForm(page)));
  await look(`a child took their words back, ${wording}`);
}

/** Somebody joins by a one-time link, looks at everything that is theirs, signs out, and signs in again. */
function colleague(role) {
  return {
    name: `a colleague, ${role}`,
    async walk(walk) {
      const { page, open, look, service, javaScript } = walk;
      const email = `${role}-${javaScript ? 'on' : 'off'}@example.org`;
      const link = service.run('staff', 'invite', email, '--role', role, '--employer', 'Ofsted').match(/https?:\/\/\S+/)[0];
      await open(new URL(link).pathname);
      await look('a one-time link');
      await press(page, submit(mainForm(page)));
      await look('joining');
      await pressEmpty(page, mainForm(page));
      await look('joining with nothing');
      await page.locator('main input[name=name]').fill('Somebody Made Up');
      await page.locator('main input[type=password]').fill(PASSWORD);
      await press(page, submit(mainForm(page)));
      await look('an app for codes');
      const secret = await page.locator('main code').first().textContent();
      await pressEmpty(page, mainForm(page));
      await look('an app for codes, with nothing');
      await page.locator('main input[autocomplete=one-time-code]').fill(totp(secret));
      await press(page, submit(mainForm(page)));
      await look(`joined, ${role}`);
      const mine = (who) => who === 'anyone' || who.split(' ').includes(role);
      await everyPage(walk, role, mine, '/staff');
      if (role === 'admin') await invite(walk);
      await everyLink(walk, role, '/staff');
      await open(`/staff/join/${'A'.repeat(43)}`);
      await look('a link that is over');
      await open('/staff');
      await press(page, page.locator('form[action="/staff/sign-out"] button').first());
      await look('signed out');
      await signIn(walk, { email, password: PASSWORD, secret, mayUseCode: false });
    },
  };
}

/** An admin invites somebody. Without a mail server the page shows the link, once. */
async function invite({ page, open, look, javaScript }) {
  await open('/staff/people/new');
  await pressEmpty(page, mainForm(page));
  await look('an invitation with nothing');
  await fill(mainForm(page));
  await page.locator('main input[name=email]').fill(`invited-${javaScript ? 'on' : 'off'}@example.org`);
  await press(page, submit(mainForm(page)));
  await look('an invitation and its link');
}

const PASSWORD = 'correct staple of the horses';

/** Opens every address of the table that needs no id, for whom `mine` holds. */
async function everyPage({ service, come }, state, mine, within = '/') {
  for (const { method, path, who } of service.addresses) {
    if (method !== 'GET' || !path.startsWith(within) || (within === '/' && path.startsWith('/staff')) || path.includes('{') || path in notPages || !mine(who)) continue;
    await come(path, state);
  }
}

/** Follows links from page to page, one of each address template (and of each query's shape), within one door. */
async function everyLink(walk, state, from) {
  const { come, templateOf } = walk;
  const waiting = [from];
  const been = new Set();
  while (waiting.length) {
    const html = await come(waiting.shift(), state);
    for (const [, escaped] of html.matchAll(/<a [^>]*?href="(\/[^"]*)"/g)) {
      const link = escaped.replaceAll('&amp;', '&');
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
    const form = page.locator('main form[method=post]:visible').first();
    if (!(await form.count())) continue;
    await act(page, form);
    await look(`${path.slice(1)} ${state}`);
  }
}

/** One of the demonstration's staff reads what families of the demonstration sent. */
function reader({ email, role, password, secret }) {
  return {
    name: `${role} of the demonstration`,
    async walk(walk) {
      await signIn(walk, { email, password, secret, mayUseCode: true });
      await everyPage(walk, `${role} with work`, (who) => who.split(' ').includes(role), '/staff');
      await everyLink(walk, `${role} with work`, '/staff');
      if (role === 'lead') await undecided(walk);
    },
  };
}

/** A lead decides nothing about a recording of a child who said no. */
async function undecided({ page, open, look }) {
  await open('/staff/lanes/said-no');
  await open(await page.locator('main a[href$="/decide"]').first().getAttribute('href'));
  await pressEmpty(page, mainForm(page));
  await look('a decision with nothing');
}

/** Every journey. Who works in the demonstration, and how they sign in, stands in what `heard demo` printed. */
export function journeysOf({ demo }) {
  const password = demo.match(/Password of all made-up staff: (\S+)/)?.[1];
  const code = demo.match(/for whom a question waits: ([a-z ]+)/)?.[1];
  const secret = demo.match(/Key for an app that makes codes: (\S+)/)?.[1];
  const staff = [...demo.matchAll(/^ {2}(\S+@\S+) +(\w+)$/gm)].map(([, email, role]) => ({ email, role, password, secret }));
  const one = (role) => staff.find((person) => person.role === role);
  const readers = ['inspector', 'lead', 'triage', 'safeguarding'].map(one);
  if (!password || !secret || !code || readers.includes(undefined)) throw new Error(`heard demo did not name its staff:\n${demo}`);
  const wordings = ['plain', 'short', 'pictures'];
  return [...wordings.map(submitter), ...wordings.map(oneThing), asked(code), rightToLeft('plain'), rightToLeft('pictures'), onPaper(), codeOnPaper(), looking(), colleague('admin'), colleague('intake'), ...readers.map(reader), ...livesOf(one('lead'))];
}
