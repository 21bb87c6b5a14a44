// Files are sent by script: at once, paused, over lines that go away, through networks that let little out, and from another
// device.
import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { narrow } from '../narrow.mjs';
import { press } from '../person.mjs';
import { MIB } from './tools.mjs';

export const sending = {
  async 'several files are sent at once'(tools) {
    const { file, draft, choose, card, says, look, arrived, slowly, spoken } = tools;
    const { page } = await draft();
    await look(page, 'choosing');
    assert.equal(await page.getByRole('button', { name: 'Add these files' }).isVisible(), false, 'nothing more to press');
    const files = [file('bus.jpg', 300_000), file('film.mp4', 21 * MIB), file('empty.txt', 0), file('<b>& 🙂.m4a', 70_000)];
    await slowly(page, 1600);
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
    const told = (await spoken(page)).filter((text) => text.startsWith('film.mp4: '));
    const safe = told.map((text) => text.match(/(\d+) of 21 megabytes/)).filter(Boolean).map(([, part]) => Number(part));
    assert.ok(safe.length >= 2 && safe.length <= 11, `how far it is was read out ${safe.length} times: ${told.join(' | ')}`);
    // A tenth is 2.1 MB, and what is read out has no fraction: two tenths in a row may be 15 and 16.
    safe.forEach((part, at) => assert.ok(at < 1 || part > safe[at - 1], `at most every tenth: ${safe}`));
    assert.match(told.at(-1), /We have it/, 'and the end of it');
    await press(page, card(page, 'film.mp4').getByRole('link', { name: 'Say what it is: film.mp4' }));
    assert.match(page.url(), /\/tell\/items\//);
  },

  async 'a person pauses, goes on, and takes out'(tools) {
    const { file, draft, choose, card, says, act, look, kept, arrived, slowly } = tools;
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
    // What was under way when somebody pressed may still arrive.
    await new Promise((later) => setTimeout(later, 1000));
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

  async 'the line goes away and comes back'(tools) {
    const { draft, says, look, arrived, loseTheLine } = tools;
    const { page, context } = await draft();
    const film = await loseTheLine(page, 'offline.mp4');
    await look(page, 'offline');
    await context.setOffline(false);
    await says(page, 'offline.mp4', 'We have it.');
    await arrived(page, film);
  },

  async 'a network lets out only GET and POST, and little at a time'(tools) {
    const { origin, file, draft, choose, arrived } = tools;
    const proxy = await narrow(origin, MIB / 2);
    const { page } = await draft(proxy.origin);
    const film = file('proxy.mp4', 3 * MIB);
    await choose(page, film);
    await page.locator('[data-sending] [data-state]', { hasText: 'We have it.' }).waitFor({ timeout: 90_000 });
    await arrived(page, film);
    assert.ok(proxy.passed.refused > 1 && proxy.passed.largest > 0, 'it tried, and found a way');
    proxy.close();
  },

  async 'a network lets nothing out'(tools) {
    const { file, draft, choose, card, says, act, look, arrived } = tools;
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

  async 'the page is closed, and another device goes on'(tools) {
    const { origin, file, someone, draft, choose, chooseBy, card, says, button, look, kept, arrived, slowly } = tools;
    const { page } = await draft();
    const [film, other] = [file('again.mp4', 20 * MIB), file('anew.mp4', 20 * MIB)];
    await slowly(page, 500, 9 * MIB);
    await choose(page, film, other);
    await says(page, 'again.mp4', /([9]|1\d) of 20 megabytes are safe/);
    await says(page, 'anew.mp4', /([9]|1\d) of 20 megabytes are safe/);
    await page.goto(`${origin}/tell/code`);
    const code = (await page.locator('main').innerText()).match(/Your six words\s+((?:[a-z]+\s+){6})/)[1];
    const before = await kept(page);
    const second = (await someone({ width: 1280, height: 800 })).page;
    await second.goto(`${origin}/return`);
    await second.locator('input[name=code]').fill(code.trim());
    await press(second, second.locator('form[action="/return"] button').first());
    await second.goto(`${origin}/tell/evidence`);
    await says(second, 'again.mp4', 'This is not finished.');
    await look(second, 'unfinished');
    // The same file: it goes on.
    await choose(second, film);
    await says(second, 'again.mp4', 'We have it.');
    await card(second, 'again.mp4').getByText('It is the same file.').waitFor();
    // Another file of the same name and size, as a phone makes one: it says so, and begins anew.
    await second.route('**/uploads/*', async (route) => {
      if (route.request().method() === 'GET') await new Promise((later) => setTimeout(later, 1500));
      await route.continue();
    });
    rmSync(other);
    file('anew.mp4', 20 * MIB);
    await chooseBy(second, button(second, 'anew.mp4', 'Choose this file again'), other);
    await says(second, 'anew.mp4', 'We look if it is the same file.');
    await look(second, 'comparing');
    await second.unrouteAll({ behavior: 'ignoreErrors' });
    await card(second, 'anew.mp4').getByText('We start again from the beginning.').waitFor();
    await says(second, 'anew.mp4', 'We have it.');
    await arrived(second, film, other);
    assert.ok(before.find(({ name }) => name === 'again.mp4').kept > 8 * MIB, 'more than one part was safe before');
  },
};
