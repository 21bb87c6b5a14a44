// Nothing is called safe, gone or kept before it is. Each story makes the server or the line fail at the worst moment.
import assert from 'node:assert/strict';
import { press } from '../person.mjs';
import { MIB } from './tools.mjs';

const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
/** An answer of ours, and not of something on the way. */
const ours = (status) => ({ status, headers: { 'Tus-Resumable': '1.0.0' }, body: '' });

export const refused = {
  async 'taking out waits for the line'(tools) {
    const { file, draft, choose, card, says, act, look, kept, slowly } = tools;
    const { page, context } = await draft();
    await slowly(page, 400);
    await choose(page, file('away.mp4', 12 * MIB));
    await says(page, 'away.mp4', /[1-9]\d* of 12 megabytes are safe/);
    await context.setOffline(true);
    await act(page, 'away.mp4', 'Take out');
    await says(page, 'away.mp4', 'It is still here.');
    await look(page, 'taken out while the line is away');
    await later(2000);
    assert.equal(await card(page, 'away.mp4').count(), 1, 'nobody says that it is gone');
    await context.setOffline(false);
    await card(page, 'away.mp4').waitFor({ state: 'detached' });
    assert.deepEqual(await kept(page), [], 'now it is gone');
    await page.getByRole('status').filter({ hasText: 'It is taken out.' }).waitFor({ state: 'attached' });
  },

  async 'taking out during the beginning leaves nothing'(tools) {
    const { file, draft, choose, card, says, act, kept } = tools;
    const { page } = await draft();
    let begun = 0;
    await page.route('**/uploads', async (route) => {
      if (route.request().method() !== 'POST') return route.continue();
      const answer = await route.fetch();
      begun += 1;
      await later(2500);
      return route.fulfill({ response: answer });
    });
    await choose(page, file('early.mp4', 3 * MIB));
    while (!begun) await later(50);
    assert.equal((await kept(page)).length, 1, 'the server has begun it, and the page does not know yet');
    await act(page, 'early.mp4', 'Take out');
    await says(page, 'early.mp4', 'We take it out.');
    await card(page, 'early.mp4').waitFor({ state: 'detached' });
    assert.deepEqual(await kept(page), []);
  },

  async 'a pause stays while the line comes back'(tools) {
    const { draft, says, act, look, kept, arrived, loseTheLine } = tools;
    const { page, context } = await draft();
    const film = await loseTheLine(page, 'calm.mp4');
    await act(page, 'calm.mp4', 'Pause');
    await says(page, 'calm.mp4', 'Paused.');
    await context.setOffline(false);
    const [{ kept: before }] = await kept(page);
    await later(4000);
    await says(page, 'calm.mp4', 'Paused.');
    await look(page, 'paused after the line came back');
    assert.equal((await kept(page))[0].kept, before, 'nothing was sent');
    await act(page, 'calm.mp4', 'Keep sending');
    await says(page, 'calm.mp4', 'We have it.');
    await arrived(page, film);
  },

  async 'what is unfinished stays while nobody can be asked'(tools) {
    const { origin, file, draft, choose, chooseBy, says, button, look, kept, settled, arrived, slowly } = tools;
    const { page } = await draft();
    const film = file('kept.mp4', 12 * MIB);
    await slowly(page, 200, 2 * MIB);
    await choose(page, film);
    await says(page, 'kept.mp4', /[1-9]\d* of 12 megabytes are safe/);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.goto(`${origin}/tell`);
    const [{ kept: before, address }] = await settled(page);
    await page.goto(`${origin}/tell/evidence`);
    await says(page, 'kept.mp4', 'This is not finished.');
    const asked = [];
    await page.route('**/uploads/*', (route) => {
      asked.push(route.request().method());
      return route.fulfill(ours(403));
    });
    await chooseBy(page, button(page, 'kept.mp4', 'Choose this file again'), film);
    await page.getByText('Type your code again to go on.').waitFor();
    await says(page, 'kept.mp4', 'This is not finished.');
    await look(page, 'the code is needed before it goes on');
    assert.deepEqual([...new Set(asked)], ['GET'], 'nothing is taken out on a guess');
    assert.deepEqual((await kept(page)).map((one) => [one.address, one.kept]), [[address, before]]);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await choose(page, film);
    await says(page, 'kept.mp4', 'We have it.');
    await arrived(page, film);
  },

  async 'a recording that cannot be kept is not called safe'(tools) {
    const { origin, draft, look, kept, spoken } = tools;
    const { page, context } = await draft();
    await page.goto(`${origin}/tell/record`);
    const state = (words) => page.locator('[data-part=state]', { hasText: words }).waitFor();
    await page.getByText('Only sound').click();
    await page.getByRole('button', { name: 'Start to record' }).click();
    await state('We are recording.');
    await later(4000);
    await page.getByRole('button', { name: 'Stop' }).click();
    await state('The recording stopped.');
    // There is no room for its end.
    await page.route('**/uploads/*', async (route) => {
      if (route.request().headers()['upload-length'] !== undefined) return route.fulfill(ours(413));
      return route.continue();
    });
    await page.getByRole('button', { name: 'Keep this' }).click();
    await page.waitForFunction(() => document.querySelector('[data-recorder]').dataset.now === 'stopped', null, { timeout: 400_000 });
    await look(page, 'a recording that cannot be kept');
    assert.equal(await page.getByRole('link', { name: 'Say what it is' }).isVisible(), false);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    // Somebody takes it out in another tab.
    const [{ item }] = await kept(page);
    const other = await context.newPage();
    await other.goto(`${origin}${item}/remove`);
    await press(other, other.getByRole('button', { name: 'Yes, take it out' }));
    await page.getByRole('button', { name: 'Keep this' }).click();
    await state('This recording was taken out.');
    const said = (await spoken(page)).join(' | ');
    assert.doesNotMatch(said, /All of it is safe|We have it/, 'nobody ever said that it is safe');
    assert.deepEqual(await kept(page), []);
  },
};
