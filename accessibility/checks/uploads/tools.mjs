// What every story about sending needs: somebody with a draft, files of random bytes, a look at the page as it is, and what
// the server has kept.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { press } from '../person.mjs';
import { lookInPassing } from '../tools/desk.mjs';

export const MIB = 1024 * 1024;
export const TUS = { 'Tus-Resumable': '1.0.0' };
/** Bytes of which the server tells a digest each. */
const PART = 8 * MIB;

export function toolsOf({ service, browser, folder, faults, screenshots, story }) {
  const { origin } = service;
  const contexts = [];
  const note = (state, fault) => faults.push(`${story}, ${state}: ${fault}`);

  /** A file of random bytes, so that nothing can be mistaken for anything else. */
  function file(name, bytes) {
    const home = join(folder, createHash('sha256').update(story).digest('hex').slice(0, 8));
    mkdirSync(home, { recursive: true });
    const path = join(home, name);
    writeFileSync(path, randomBytes(bytes));
    return path;
  }

  async function someone(size = { width: 360, height: 740 }) {
    const context = await browser.newContext({ viewport: size, locale: 'en-GB', reducedMotion: 'reduce' });
    contexts.push(context);
    context.setDefaultTimeout(60_000);
    // Everything that a screen reader is given to say, in order.
    await context.addInitScript(() => {
      window.spoken = [];
      document.addEventListener('DOMContentLoaded', () => {
        const region = document.querySelector('[data-spoken]');
        if (!region) return;
        new MutationObserver(() => region.textContent && window.spoken.push(region.textContent))
          .observe(region, { childList: true, subtree: true, characterData: true });
      });
    });
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(`${story}: script error: ${error.message}`));
    return { context, page };
  }

  async function draft(at = origin) {
    const one = await someone();
    await one.page.goto(at);
    await press(one.page, one.page.locator('form[action="/begin"] button').first());
    await one.page.goto(`${at}/tell/evidence`);
    return one;
  }

  /** Presses a button that lets a person choose, and chooses. */
  async function chooseBy(page, button, paths) {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button.click()]);
    await chooser.setFiles(paths);
  }

  const choose = (page, ...paths) => chooseBy(page, page.getByRole('button', { name: 'Choose files', exact: true }), paths);
  const card = (page, name) => page.locator('[data-sending] li', { has: page.locator('[data-title]', { hasText: name }) });
  const says = (page, name, words) => card(page, name).locator('[data-state]', { hasText: words }).waitFor();
  const button = (page, name, label) => card(page, name).getByRole('button', { name: `${label} ${name}`, exact: true });
  const act = (page, name, label) => button(page, name, label).click();

  /** Looks at the page as it is: axe, the IBM engine, how it lies, and the accessibility tree of each file. */
  async function look(page, state) {
    (await lookInPassing(page)).forEach((fault) => note(state, fault));
    for (const one of await page.locator('[data-sending] > ul > li').all()) {
      // A file may move on between two looks at it; what stays wrong is a fault.
      let found = await cardFaults(one);
      for (let again = 0; found.length && again < 3; again += 1) found = await cardFaults(one);
      found.forEach((fault) => note(state, fault));
    }
    if (!screenshots) return;
    mkdirSync(screenshots, { recursive: true });
    await page.screenshot({ path: join(screenshots, `upload-${state.replace(/\W+/g, '-')}.png`), fullPage: true });
  }

  /** What a screen reader finds in one card: its name, how far it is in words, and acts that say which file they are for. */
  async function cardFaults(one) {
    const [name, state, tree] = [
      await one.locator('[data-title]').innerText(), await one.locator('[data-state]').innerText(), await one.ariaSnapshot(),
    ];
    const missing = [];
    if (!tree.includes('listitem')) missing.push('it is no item of a list');
    if (!state.trim()) missing.push('it says nothing of how far it is');
    else if (!tree.replace(/\s+/g, ' ').includes(state.trim().replace(/\s+/g, ' ').slice(0, 40))) missing.push(`“${state}” is not in the accessibility tree`);
    for (const [, role, label] of tree.matchAll(/(button|link|progressbar) "((?:[^"\\]|\\.)*)"/g)) {
      if (!label.replace(/\\"/g, '"').includes(name)) missing.push(`a ${role} “${label}” does not say its file`);
    }
    if (/(button|link|progressbar)(?! ")[\s:]/.test(tree.replace(/- \/url.*/g, ''))) missing.push(`something has no name:\n${tree}`);
    return missing.map((fault) => `${name}: ${fault}`);
  }

  /** What the server has of the files that this browser's draft holds. */
  async function kept(page) {
    const answer = await page.context().request.get(`${origin}/uploads`, { headers: TUS });
    return (await answer.json()).uploads;
  }

  /** The same, once a request that was cut is over: what had arrived of it is written down a moment later. */
  async function settled(page) {
    let [before, alike] = ['', 0];
    for (;;) {
      const uploads = await kept(page);
      const now = JSON.stringify(uploads.map((one) => [one.address, one.kept]));
      alike = now === before ? alike + 1 : 0;
      if (alike === 4) return uploads;
      before = now;
      await page.waitForTimeout(500);
    }
  }

  async function ask(page, address) {
    return page.context().request.get(origin + address, { headers: TUS });
  }

  function digests(bytes) {
    const parts = [];
    for (let at = 0; at < bytes.length; at += PART) {
      parts.push(createHash('sha256').update(bytes.subarray(at, at + PART)).digest('hex'));
    }
    return parts;
  }

  /** Every one of these files is there once, whole, and part for part as it was chosen. */
  async function arrived(page, ...paths) {
    const uploads = await kept(page);
    for (const path of paths) {
      const name = path.split('/').pop();
      const found = uploads.filter((upload) => upload.name === name);
      assert.equal(found.length, 1, `${name} is there once`);
      const bytes = readFileSync(path);
      const upload = await (await ask(page, found[0].address)).json();
      assert.equal(upload.length, bytes.length, `${name} is whole`);
      assert.ok(['whole', 'here', 'checked'].includes(upload.state), `${name} is ${upload.state}`);
      assert.deepEqual(upload.sha256, digests(bytes), `${name} is as it was chosen`);
    }
  }

  /** Lets a piece take a moment, as a phone's line does; from an offset on, none gets through. */
  const slowly = (page, wait, end = Infinity) => page.route('**/uploads/*', async (route) => {
    const request = route.request();
    if (Number(request.headers()['upload-offset'] ?? 0) >= end) return;
    if (request.method() !== 'GET') await new Promise((later) => setTimeout(later, wait));
    await route.continue().catch(() => {});
  });

  /** Sends a file until some of it is safe, and loses the line. */
  async function loseTheLine(page, name) {
    const film = file(name, 12 * MIB);
    await slowly(page, 400);
    await choose(page, film);
    await says(page, name, /[1-9]\d* of 12 megabytes are safe/);
    await page.context().setOffline(true);
    await says(page, name, 'There is no internet just now');
    return film;
  }

  const spoken = (page) => page.evaluate(() => window.spoken);
  /** Until a screen reader is given these words to say. */
  const readOut = (page, words) => page.waitForFunction((wanted) => window.spoken.some((text) => text.includes(wanted)), words);

  const close = async () => { for (const context of contexts) await context.close(); };

  return {
    origin, folder, file, someone, draft, choose, chooseBy, card, says, button, act, look, kept, settled, ask, digests,
    arrived, slowly, loseTheLine, spoken, readOut, close,
  };
}
