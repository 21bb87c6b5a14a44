// Recording in the page, in Chromium and in Firefox with the cameras and microphones that they make up: kept, wiped, lost
// with its page, and by somebody whose device speaks for them. What is safe is decoded, second by second.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firefox } from '../firefox.mjs';
import { remembering } from '../narrow.mjs';
import { press } from '../person.mjs';
import { TUS } from './tools.mjs';

const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const state = (page, words) => page.locator('[data-part=state]', { hasText: words }).waitFor();
const pressed = (page, name) => page.getByRole('button', { name, exact: true }).click();

/** Records for three seconds, from a page that is ready. */
async function record(page) {
  await pressed(page, 'Start to record');
  await state(page, 'We are recording.');
  await later(3000);
  await pressed(page, 'Stop');
  await state(page, 'The recording stopped.');
}

/** Seconds of film and of sound that can be decoded. A file that was cut off has a broken end, which is no fault. */
function secondsIn(path) {
  const read = (...what) => execFileSync('ffprobe', ['-v', 'fatal', ...what, '-of', 'csv=p=0', path], { encoding: 'utf8', maxBuffer: 1 << 28 }).trim().split('\n');
  const times = (stream) => read('-select_streams', stream, '-show_entries', 'frame=best_effort_timestamp_time')
    .map((line) => Number(line.split(',')[0])).filter((at) => Number.isFinite(at));
  const span = (all) => (all.length > 1 ? Math.max(...all) - Math.min(...all) : 0);
  return { film: span(times('v')), sound: span(times('a')) };
}

/** Exactly the bytes that the server promised, as they left the browser. */
async function saved({ origin, folder, digests }, request, line, upload, name) {
  const { sha256, kept } = await (await request.get(origin + upload.address, { headers: TUS })).json();
  const bytes = line.bytesOf(upload.address).subarray(0, kept);
  assert.equal(bytes.length, kept, 'every byte that is safe left the browser');
  assert.deepEqual(sha256, digests(bytes), 'and is as it left');
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

export const recording = {
  async 'the page is killed while somebody films'(tools) {
    const { origin, draft, kept, look } = tools;
    const line = await remembering(origin);
    const { page, context } = await draft(line.origin);
    await page.goto(`${line.origin}/tell/record`);
    await pressed(page, 'Start to record');
    await state(page, 'We are recording.');
    // Half a minute was meant to be said; at second 20 the tab dies, with no time for a last word.
    await later(20_000);
    const devtools = await context.newCDPSession(page);
    devtools.send('Page.crash').catch(() => {});
    await new Promise((crashed) => page.once('crash', crashed));
    const second = await context.newPage();
    await second.goto(`${origin}/tell/evidence`);
    await second.locator('[data-sending] [data-state]', { hasText: 'It was cut off.' }).waitFor();
    await look(second, 'a recording that was cut off');
    const [upload] = await kept(second);
    await second.getByRole('button', { name: /^Keep what is here/ }).click();
    await second.locator('[data-sending] [data-state]', { hasText: 'We have it.' }).waitFor();
    await look(second, 'a recording that was cut off and kept');
    const { film, sound } = secondsIn(await saved(tools, context.request, line, upload, 'killed.webm'));
    console.log(`killed at second 20: ${film.toFixed(1)} s of film and ${sound.toFixed(1)} s of sound are safe and play`);
    assert.ok(film >= 15 && sound >= 15, 'at least 15 seconds are safe and play');
    line.close();
  },

  async 'Firefox records'(tools) {
    const line = await remembering(tools.origin);
    const window = await firefox();
    try {
      await window.open(line.origin);
      await window.run(`document.querySelector('form[action="/begin"] button').click()`);
      await window.until(`location.pathname === '/tell'`);
      const says = (words) => window.until(`document.querySelector('[data-part=state]')?.textContent.includes(${JSON.stringify(words)})`, 60);
      const act = (part) => window.run(`document.querySelector('[data-part=${part}]').click()`);
      for (const kind of ['film', 'sound']) {
        await window.open(`${line.origin}/tell/record`);
        await says('You can start.');
        await window.run(`document.querySelector('[name=kind][value=${kind}]').click()`);
        await act('start');
        await says('We are recording.');
        await later(6000);
        await act('stop');
        await says('The recording stopped.');
        await act('keep');
        await says('We have it.');
        const { uploads } = await window.run(`fetch('/uploads', { headers: ${JSON.stringify(TUS)} }).then((answer) => answer.json())`);
        const upload = uploads.at(-1);
        assert.equal(upload.length, upload.kept);
        assert.match(upload.name, kind === 'film' ? /^Recording\.(webm|mp4)$/ : /^Sound recording\.(webm|ogg|m4a)$/);
        const path = join(tools.folder, `firefox-${upload.name}`);
        writeFileSync(path, line.bytesOf(upload.address));
        const seconds = secondsIn(path);
        assert.ok(seconds.sound > 4 && (kind === 'sound' || seconds.film > 4), `${kind}: ${JSON.stringify(seconds)}`);
        await window.open(line.origin + upload.item);
        await window.until(`document.querySelector('h1').textContent.includes(${JSON.stringify(kind === 'film' ? 'About your video' : 'About your sound')})`);
      }
    } finally {
      await window.stop();
      line.close();
    }
  },

  async 'a film is recorded in the page and kept'(tools) {
    const { origin, draft, look, kept, ask, readOut } = tools;
    const { page } = await draft();
    await page.goto(`${origin}/tell/record`);
    await state(page, 'You can start.');
    await look(page, 'ready to record');
    await pressed(page, 'Start to record');
    await state(page, 'We are recording.');
    await later(5000);
    await look(page, 'recording');
    assert.ok((await kept(page))[0].kept > 0, 'it is saved while it is recorded');
    assert.equal((await kept(page))[0].length, null, 'its length is not known yet');
    await page.keyboard.press('Enter');
    await state(page, 'The recording stopped.');
    await look(page, 'recorded');
    const plays = await page.locator('[data-part=player]').evaluate(async (player) => {
      await player.play();
      return player.videoWidth;
    });
    assert.ok(plays > 0, 'it can be looked at before it is kept');
    // A recording that is not kept is not sent, and the page says so.
    await page.goto(`${origin}/tell/check`);
    assert.match(await page.locator('main').innerText(), /You have not kept this recording yet/);
    await page.goBack();
    await page.goto(`${origin}/tell/evidence`);
    await page.locator('[data-sending] [data-state]', { hasText: 'It was cut off.' }).waitFor();
    assert.equal((await kept(page))[0].length, null);
    // Wiped, another one is gone from the server too; wiping is asked first.
    await page.goto(`${origin}/tell/record`);
    await record(page);
    await pressed(page, 'Wipe it and record again');
    await state(page, 'Do you want to wipe this recording?');
    await look(page, 'asked before it is wiped');
    await pressed(page, 'No, go back');
    await state(page, 'The recording stopped.');
    assert.equal((await kept(page)).length, 2, 'nothing is wiped by mistake');
    const take = (await kept(page))[1].address;
    await pressed(page, 'Wipe it and record again');
    await pressed(page, 'Yes, wipe it');
    await state(page, 'It is wiped.');
    await readOut(page, 'It is wiped.');
    assert.equal((await kept(page)).length, 1);
    assert.equal((await ask(page, take)).status(), 410, 'and its key is gone');
    await record(page);
    await pressed(page, 'Keep this');
    await state(page, 'We have it.');
    await look(page, 'a recording that is kept');
    const upload = (await kept(page))[1];
    assert.equal(upload.length, upload.kept);
    assert.match(upload.name, /^Recording\.(webm|mp4)$/);
    await readOut(page, 'We are recording.');
    await readOut(page, 'We have it.');
    await press(page, page.getByRole('link', { name: 'Say what it is' }));
    assert.match(await page.locator('main').innerText(), /About your video/);
  },

  async 'one thing is said in four pages'(tools) {
    const { origin, someone, look, kept } = tools;
    const { page } = await someone();
    await page.goto(origin);
    await press(page, page.getByRole('button', { name: 'Just say one thing' }).first());
    assert.equal(new URL(page.url()).pathname, '/tell/one');
    await state(page, 'You can start.');
    await look(page, 'one thing, ready');
    await page.getByText('Only sound').click();
    await record(page);
    await pressed(page, 'Keep this');
    await state(page, 'We have it.');
    await look(page, 'one thing, kept');
    assert.equal((await kept(page)).length, 1);
    await press(page, page.getByRole('link', { name: 'Go on', exact: true }));
    assert.equal(new URL(page.url()).pathname, '/tell/one/about');
    await page.getByLabel('The child\'s or young person\'s own words').check({ force: true });
    await page.getByLabel('Which council area is it?').selectOption({ label: 'I do not know' });
    await press(page, page.getByRole('button', { name: 'Go on', exact: true }));
    assert.equal(new URL(page.url()).pathname, '/tell/check');
    await look(page, 'one thing, before it is sent');
    await press(page, page.locator('form[action="/tell/send"] button').first());
    assert.equal(new URL(page.url()).pathname, '/sent');
    assert.match(await page.locator('main').innerText(), /Sound recording\.webm/);
  },

  async 'a device speaks for somebody'(tools) {
    const { origin, draft, kept, readOut } = tools;
    const { page } = await draft();
    // What the page asks of the browser, and what the browser gives.
    await page.addInitScript(() => {
      window.asked = [];
      const devices = navigator.mediaDevices;
      const really = devices.getUserMedia.bind(devices);
      devices.getUserMedia = async (wanted) => {
        const stream = await really(wanted);
        window.stream = stream;
        window.asked.push({ wanted, given: stream.getAudioTracks()[0].getSettings(), film: stream.getVideoTracks()[0]?.getSettings() });
        return stream;
      };
    });
    await page.goto(`${origin}/tell/record`);
    await state(page, 'You can start.');
    await page.getByText('My device speaks for me').click();
    await pressed(page, 'Start to record');
    await state(page, 'We are recording.');
    const CLEANING = ['echoCancellation', 'noiseSuppression', 'autoGainControl'];
    const [first] = await page.evaluate(() => window.asked);
    for (const name of CLEANING) {
      assert.equal(first.wanted.audio[name], false, `${name} is not asked for`);
      assert.equal(first.given[name], false, `${name} is off`);
    }
    // The app that speaks comes to the front, and this page goes behind it.
    const show = (how) => page.evaluate((visible) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visible });
      document.dispatchEvent(new Event('visibilitychange'));
    }, how);
    await later(3000);
    await show('hidden');
    await later(5000);
    await show('visible');
    await state(page, /^We are recording\. We save while you talk\./);
    const before = (await kept(page))[0].kept;
    assert.ok(before > 0, 'it went on');
    // The phone turns the microphone off meanwhile: the page says so, for as long as it lasts.
    const mute = (muted) => page.evaluate((now) => {
      const [track] = window.stream.getAudioTracks();
      Object.defineProperty(track, 'muted', { configurable: true, get: () => now });
      track.dispatchEvent(new Event(now ? 'mute' : 'unmute'));
    }, muted);
    await mute(true);
    await state(page, 'We cannot hear you just now.');
    await readOut(page, 'We cannot hear you just now.');
    await later(1500);
    await state(page, 'We cannot hear you just now.');
    await mute(false);
    await state(page, 'We are recording.');
    // It takes the devices away for good: the recording says that it stopped, and what is there can be kept.
    await page.evaluate(() => window.stream.getTracks().forEach((track) => { track.stop(); track.dispatchEvent(new Event('ended')); }));
    await state(page, 'The recording stopped by itself.');
    await readOut(page, 'The recording stopped by itself.');
    await pressed(page, 'Keep this');
    await state(page, 'We have it.');

    // By itself the page asks for a clean voice; cameras and microphones have names and can be chosen.
    await page.goto(`${origin}/tell/record`);
    await pressed(page, 'Start to record');
    await state(page, 'We are recording.');
    const [clean] = await page.evaluate(() => window.asked);
    for (const name of CLEANING) assert.equal(clean.wanted.audio[name], true, name);
    await later(3000);
    await pressed(page, 'Stop');
    await state(page, 'The recording stopped.');
    await pressed(page, 'Wipe it and record again');
    await pressed(page, 'Yes, wipe it');
    await state(page, 'It is wiped.');
    for (const label of ['Which camera?', 'Which microphone?']) {
      const names = await page.getByLabel(label).locator('option').allInnerTexts();
      assert.ok(names.length > 2 && names.every((name) => /[a-z]{3}/i.test(name)), `${label} ${names}`);
    }
    await page.getByLabel('Which camera?').selectOption({ index: 2 });
    const chosen = await page.getByLabel('Which camera?').inputValue();
    await pressed(page, 'Start to record');
    await state(page, 'We are recording.');
    const last = await page.evaluate(() => window.asked.at(-1));
    assert.equal(last.film.deviceId, chosen, 'the camera that was chosen films');
  },
};
