// Sends files by script in Chromium as people do, and as lines break: sending, paused, offline, through a network that
// lets little out, after a reload, on another device, with another file. Each state is looked at by axe, and each is
// something that a person can read. What is kept is compared, digest by digest, with what was chosen.
//
//   node uploads.mjs --heard PATH [--screenshots FOLDER] [--only WORD]
import { chromium } from 'playwright-core';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { axeFaults, widthFaults } from './faults.mjs';
import { narrow } from './narrow.mjs';
import { press } from './person.mjs';
import { start } from './service.mjs';

const MIB = 1024 * 1024;
const TUS = { 'Tus-Resumable': '1.0.0' };
const options = {};
const given = process.argv.slice(2);
for (let at = 0; at < given.length; at += 2) options[given[at].replace(/^--/, '')] = given[at + 1];
const folder = mkdtempSync(join(tmpdir(), 'heard-uploads.'));
const service = await start(options.heard);
const browser = await chromium.launch({
  executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
    // A camera and a microphone that Chromium makes up, and nobody to ask.
    '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  ],
});
const faults = [];
let passed = 0;

/** A file of random bytes, so that nothing can be mistaken for anything else. */
function file(name, bytes) {
  const path = join(folder, name);
  writeFileSync(path, randomBytes(bytes));
  return path;
}

async function someone(size = { width: 360, height: 740 }) {
  const context = await browser.newContext({ viewport: size, locale: 'en-GB', reducedMotion: 'reduce' });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
  return { context, page };
}

async function draft(origin = service.origin) {
  const one = await someone();
  await one.page.goto(origin);
  await press(one.page, one.page.locator('form[action="/begin"] button').first());
  await one.page.goto(`${origin}/tell/evidence`);
  return one;
}

/** Presses a button that lets a person choose, and chooses. */
async function choose(page, ...paths) {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'Choose files' }).click()]);
  await chooser.setFiles(paths);
}
const card = (page, name) => page.locator('[data-sending] li', { has: page.locator('[data-title]', { hasText: name }) });
const says = (page, name, words) => card(page, name).locator('[data-state]', { hasText: words }).waitFor();
const act = (page, name, button) => card(page, name).getByRole('button', { name: `${button} ${name}`, exact: true }).click();

/** Looks at the page as it is: axe, its width, and that each card says something. */
async function look(page, state) {
  const note = (fault) => faults.push(`${state}: ${fault}`);
  (await axeFaults(page, true)).forEach(note);
  (await widthFaults(page)).forEach(note);
  for (const text of await page.locator('[data-sending] [data-state]').allInnerTexts()) {
    if (!text.trim()) note('a file says nothing of how far it is');
  }
  if (!options.screenshots) return;
  mkdirSync(options.screenshots, { recursive: true });
  await page.screenshot({ path: join(options.screenshots, `upload-${state.replace(/\W+/g, '-')}.png`), fullPage: true });
}

/** What the server has of the files that this browser's draft holds. */
async function kept(page) {
  const answer = await page.context().request.get(`${service.origin}/uploads`, { headers: TUS });
  return (await answer.json()).uploads;
}

/** Every one of these files is there once, whole, and part for part as it was chosen. */
async function arrived(page, ...paths) {
  const uploads = await kept(page);
  for (const path of paths) {
    const name = path.split('/').pop();
    const found = uploads.filter((upload) => upload.name === name);
    assert.equal(found.length, 1, `${name} is there once`);
    const bytes = readFileSync(path);
    const answer = await page.context().request.get(service.origin + found[0].address, { headers: TUS });
    const upload = await answer.json();
    assert.equal(upload.length, bytes.length, `${name} is whole`);
    assert.ok(['whole', 'here', 'checked'].includes(upload.state), `${name} is ${upload.state}`);
    const parts = [];
    for (let at = 0; at < bytes.length; at += 8 * MIB) {
      parts.push(createHash('sha256').update(bytes.subarray(at, at + 8 * MIB)).digest('hex'));
    }
    assert.deepEqual(upload.sha256, parts, `${name} is as it was chosen`);
  }
}

/** Lets a piece take a moment, as a phone's line does; from an offset on, none gets through. */
const slowly = (page, wait, end = Infinity) => page.route('**/uploads/*', async (route) => {
  const request = route.request();
  if (Number(request.headers()['upload-offset'] ?? 0) >= end) return;
  if (request.method() !== 'GET') await new Promise((later) => setTimeout(later, wait));
  await route.continue().catch(() => {});
});

const stories = {
  async 'several files are sent at once'() {
    const { page } = await draft();
    await look(page, 'choosing');
    assert.equal(await page.getByRole('button', { name: 'Add these files' }).isVisible(), false, 'nothing more to press');
    const files = [file('bus.jpg', 300_000), file('film.mp4', 21 * MIB), file('empty.txt', 0), file('<b>& 🙂.m4a', 70_000)];
    await slowly(page, 400);
    await choose(page, ...files);
    await says(page, 'film.mp4', 'megabytes are safe');
    await look(page, 'sending');
    assert.match(await card(page, 'film.mp4').ariaSnapshot(), /button "Pause film\.mp4"/);
    assert.match(await card(page, 'film.mp4').innerText(), /about 21 MB of your data/);
    for (const name of ['bus.jpg', 'film.mp4', '<b>& 🙂.m4a']) await says(page, name, 'We have it.');
    await says(page, 'empty.txt', 'there is nothing in it');
    await look(page, 'done');
    await arrived(page, ...files);
    await page.getByRole('status').filter({ hasText: 'We have it' }).waitFor({ state: 'attached' });
    await press(page, card(page, 'film.mp4').getByRole('link', { name: 'Say what it is: film.mp4' }));
    assert.match(page.url(), /\/tell\/items\//);
  },

  async 'a person pauses, goes on, and takes out'() {
    const { page } = await draft();
    const [film, other] = [file('pause.mp4', 12 * MIB), file('not-this.mp4', 12 * MIB)];
    await slowly(page, 600);
    await choose(page, film);
    await says(page, 'pause.mp4', /[1-9]\d* of 12 megabytes are safe/);
    await act(page, 'pause.mp4', 'Pause');
    await says(page, 'pause.mp4', 'Paused.');
    await look(page, 'paused');
    const name = await page.evaluate(() => document.activeElement.innerText);
    assert.match(name, /^Keep sending/, 'the keyboard stays on the card');
    const before = await kept(page);
    await new Promise((later) => setTimeout(later, 2500));
    assert.equal((await kept(page))[0].kept, before[0].kept, 'nothing is sent while it is paused');
    await page.keyboard.press('Enter');
    await says(page, 'pause.mp4', 'We have it.');
    await choose(page, other);
    await says(page, 'not-this.mp4', 'are safe');
    await act(page, 'not-this.mp4', 'Take out');
    await card(page, 'not-this.mp4').waitFor({ state: 'detached' });
    await arrived(page, film);
    assert.equal((await kept(page)).length, 1, 'what was taken out is gone');
  },

  async 'the line goes away and comes back'() {
    const { page, context } = await draft();
    const film = file('offline.mp4', 12 * MIB);
    await slowly(page, 400);
    await choose(page, film);
    await says(page, 'offline.mp4', /[1-9]\d* of 12 megabytes are safe/);
    await context.setOffline(true);
    await says(page, 'offline.mp4', 'There is no internet just now');
    await look(page, 'offline');
    await context.setOffline(false);
    await says(page, 'offline.mp4', 'We have it.');
    await arrived(page, film);
  },

  async 'a network lets out only GET and POST, and little at a time'() {
    const proxy = await narrow(service.origin, MIB / 2);
    const { page } = await draft(proxy.origin);
    const film = file('proxy.mp4', 3 * MIB);
    await choose(page, film);
    await page.locator('[data-sending] [data-state]', { hasText: 'We have it.' }).waitFor({ timeout: 90_000 });
    await arrived(page, film);
    assert.ok(proxy.passed.refused > 1 && proxy.passed.largest > 0, 'it tried, and found a way');
    proxy.close();
  },

  async 'a network lets nothing out'() {
    const { page } = await draft();
    const film = file('blocked.mp4', 2 * MIB);
    await page.route('**/uploads/*', async (route) => {
      if (route.request().method() === 'GET') return route.continue();
      return route.fulfill({ status: 403, body: 'blocked by policy' });
    });
    await choose(page, film);
    await card(page, 'blocked.mp4').locator('[data-state]', { hasText: 'will not let files out' }).waitFor({ timeout: 120_000 });
    await look(page, 'blocked');
    await page.unrouteAll();
    await act(page, 'blocked.mp4', 'Try again');
    await says(page, 'blocked.mp4', 'We have it.');
    await arrived(page, film);
  },

  async 'the page is closed, and another device goes on'() {
    const { page } = await draft();
    const [film, other] = [file('again.mp4', 20 * MIB), file('anew.mp4', 20 * MIB)];
    await slowly(page, 500, 9 * MIB);
    await choose(page, film, other);
    await says(page, 'again.mp4', /([9]|1\d) of 20 megabytes are safe/);
    await says(page, 'anew.mp4', /([9]|1\d) of 20 megabytes are safe/);
    await page.goto(`${service.origin}/tell/code`);
    const code = (await page.locator('main').innerText()).match(/Your six words\s+((?:[a-z]+\s+){6})/)[1];
    const before = await kept(page);
    const second = (await someone({ width: 1280, height: 800 })).page;
    await second.goto(`${service.origin}/return`);
    await second.locator('input[name=code]').fill(code.trim());
    await press(second, second.locator('form[action="/return"] button').first());
    await second.goto(`${service.origin}/tell/evidence`);
    await says(second, 'again.mp4', 'This is not finished.');
    await look(second, 'unfinished');
    // The same file: it goes on.
    await choose(second, film);
    await says(second, 'again.mp4', 'We have it.');
    await card(second, 'again.mp4').getByText('It is the same file.').waitFor();
    // Another file of the same name and size, as a phone makes one: it says so, and begins anew.
    rmSync(other);
    file('anew.mp4', 20 * MIB);
    const [chooser] = await Promise.all([second.waitForEvent('filechooser'), act(second, 'anew.mp4', 'Choose this file again')]);
    await chooser.setFiles(other);
    await card(second, 'anew.mp4').getByText('We start again from the beginning.').waitFor();
    await says(second, 'anew.mp4', 'We have it.');
    await arrived(second, film, other);
    assert.ok(before.find(({ name }) => name === 'again.mp4').kept > 8 * MIB, 'more than one part was safe before');
  },

  async 'a film is recorded in the page and kept'() {
    const { page } = await draft();
    await page.goto(`${service.origin}/tell/record`);
    const state = (words) => page.locator('[data-part=state]', { hasText: words }).waitFor();
    await state('You can start.');
    await look(page, 'ready to record');
    await page.getByRole('button', { name: 'Start to record' }).click();
    await state('We are recording.');
    await page.waitForTimeout(5000);
    await look(page, 'recording');
    assert.ok((await kept(page))[0].kept > 0, 'it is saved while it is recorded');
    assert.equal((await kept(page))[0].length, null, 'its length is not known yet');
    await page.keyboard.press('Enter');
    await state('The recording stopped.');
    await look(page, 'recorded');
    const plays = await page.locator('[data-part=player]').evaluate(async (player) => {
      await player.play();
      return player.videoWidth;
    });
    assert.ok(plays > 0, 'it can be looked at before it is kept');
    // Wiped, it is gone from the server too.
    const first = (await kept(page))[0].address;
    await page.getByRole('button', { name: 'Wipe it and record again' }).click();
    await state('Do you want to wipe this recording?');
    await look(page, 'asked before it is wiped');
    await page.getByRole('button', { name: 'No, go back' }).click();
    await state('The recording stopped.');
    assert.equal((await kept(page)).length, 1, 'nothing is wiped by mistake');
    await page.getByRole('button', { name: 'Wipe it and record again' }).click();
    await page.getByRole('button', { name: 'Yes, wipe it' }).click();
    await state('It is wiped.');
    assert.equal((await kept(page)).length, 0);
    const gone = await page.context().request.get(service.origin + first, { headers: TUS });
    assert.equal(gone.status(), 410, 'and its key is gone');
    await page.getByRole('button', { name: 'Start to record' }).click();
    await state('We are recording.');
    await page.waitForTimeout(3000);
    await page.getByRole('button', { name: 'Stop' }).click();
    await state('The recording stopped.');
    await page.getByRole('button', { name: 'Keep this' }).click();
    await state('We have it.');
    const [upload] = await kept(page);
    assert.equal(upload.length, upload.kept);
    assert.match(upload.name, /^Recording\.(webm|mp4)$/);
    await press(page, page.getByRole('link', { name: 'Say what it is' }));
    assert.match(await page.locator('main').innerText(), /About your video/);
  },

  async 'the page is lost while somebody records'() {
    const { page, context } = await draft();
    const second = await context.newPage();
    // What leaves the page, as it leaves it.
    const pieces = [];
    await page.exposeFunction('left', (bytes) => pieces.push(Buffer.from(bytes)));
    await page.addInitScript(() => {
      const { send } = XMLHttpRequest.prototype;
      XMLHttpRequest.prototype.send = function sendAndTell(body) {
        if (body instanceof Blob) body.arrayBuffer().then((bytes) => window.left([...new Uint8Array(bytes)]));
        send.call(this, body);
      };
    });
    await page.goto(`${service.origin}/tell/record`);
    await page.getByText('Only sound').click();
    await page.getByText('My device speaks for me').click();
    await page.getByRole('button', { name: 'Start to record' }).click();
    await page.locator('[data-part=state]', { hasText: 'We are recording.' }).waitFor();
    const began = Date.now();
    await page.waitForTimeout(12_000);
    await page.close();
    const lasted = (Date.now() - began) / 1000;
    await second.goto(`${service.origin}/tell/evidence`);
    await second.locator('[data-sending] [data-state]', { hasText: 'This is not finished.' }).waitFor();
    await look(second, 'an unfinished recording');
    await second.getByRole('button', { name: /^Keep what is here/ }).click();
    await second.locator('[data-sending] [data-state]', { hasText: 'We have it.' }).waitFor();
    const [{ address }] = await kept(second);
    const upload = await (await context.request.get(service.origin + address, { headers: TUS })).json();
    assert.equal(upload.length, upload.kept);
    // What is safe plays, and not more than five seconds are missing.
    const sent = Buffer.concat(pieces).subarray(0, upload.kept);
    assert.equal(createHash('sha256').update(sent).digest('hex'), upload.sha256[0]);
    const saved = join(folder, 'saved.webm');
    writeFileSync(saved, sent);
    const seconds = Number(execFileSync('ffprobe', ['-v', 'error', '-show_entries', 'packet=pts_time', '-of', 'csv=p=0', saved], { encoding: 'utf8' }).trim().split('\n').pop());
    assert.ok(seconds > lasted - 5, `${seconds} of at most ${lasted} seconds are there`);
  },
};

try {
  for (const [name, story] of Object.entries(stories)) {
    if (options.only && !name.includes(options.only)) continue;
    const began = Date.now();
    await story().then(() => (passed += 1), (error) => faults.push(`${name}: ${error.message.split('\n').slice(0, 6).join(' ')} ${error.stack.match(/uploads\.mjs:\d+/)?.[0]}`));
    console.log(`${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
    for (const context of browser.contexts()) await context.close();
  }
} finally {
  await browser.close();
  service.stop();
  rmSync(folder, { recursive: true, force: true });
}
for (const fault of faults) console.error(fault);
console.log(`${passed} ways of sending, ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
