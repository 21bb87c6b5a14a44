// Two tabs, Back, a double press, a second start, an app's own browser, no cookies: nothing is lost, nothing is mixed.
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { press } from '../person.mjs';

const submit = (form) => form.locator('button[type=submit], button:not([type])').first();
const heading = (page) => page.locator('h1').first().textContent();

async function begin(page, origin) {
  await page.goto(`${origin}/`);
  await press(page, page.locator('form[action="/begin"] button').first());
}

async function write(page, origin, text) {
  await page.goto(`${origin}/tell/write`);
  await page.locator('main textarea').first().fill(text);
  await press(page, submit(page.locator('main form[action="/tell/write"]')));
}

const code = (page) => page.locator('ol.code-words li').allTextContents();

/** How a phone names itself, and how apps that open pages inside themselves do. */
const APPS = {
  Instagram: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 Instagram 334.0.4.32.98 (iPhone12,1; iOS 17_5; en_GB; scale=2.00; 828x1792)',
  Facebook: 'Mozilla/5.0 (Linux; Android 9; SM-J530F; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/99.0.4844.88 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/400.0.0.37.76;]',
};

async function twoTabs({ service: { origin }, phone }) {
  const { context, page } = await phone();
  await begin(page, origin);
  const first = await code(page);
  await page.goto(`${origin}/tell/write`);
  await page.locator('main textarea').first().fill('Words for the first child');
  // In a second tab somebody starts for another child.
  const tab = await context.newPage();
  await begin(tab, origin);
  assert.deepEqual(await code(tab), first, 'the code is shown before the draft is put away');
  await press(tab, tab.locator('main button[name=choice]'));
  assert.notDeepEqual(await code(tab), first);
  await write(tab, origin, 'Words for the second child');
  // The first tab is of another draft: nothing is saved, and the words are there to copy.
  await press(page, submit(page.locator('main form[action="/tell/write"]')));
  assert.equal(await heading(page), 'This page belongs to a different draft');
  assert.ok((await page.content()).includes('Words for the first child'));
  await tab.goto(`${origin}/tell/check`);
  const check = await tab.content();
  assert.ok(check.includes('Words for the second child') && !check.includes('Words for the first child'), 'nothing is mixed');
}

async function back({ service: { origin }, phone }) {
  const { page } = await phone();
  await begin(page, origin);
  await write(page, origin, 'Saved before Back');
  await page.goto(`${origin}/tell/write`);
  await page.locator('main textarea').first().fill('Typed and not saved');
  // By mistake: another page, and back again.
  await page.goto(`${origin}/help`);
  await page.goBack({ waitUntil: 'commit' });
  assert.equal(await page.locator('main textarea').first().inputValue(), 'Typed and not saved', 'what was typed is still there after Back');
  await press(page, submit(page.locator('main form[action="/tell/write"]')));
  // Back to the form that was sent, and sent again: one more press, no second piece of writing.
  await page.goBack({ waitUntil: 'commit' });
  await page.goto(`${origin}/tell/check`);
  const check = await page.content();
  assert.equal(check.split('Typed and not saved').length - 1, 1);
  assert.ok(check.includes('Saved before Back'));
  await press(page, submit(page.locator('main form[action="/tell/send"]')));
  // After it was sent, Back leads to the receipt, and pressing again sends nothing again.
  await page.goBack({ waitUntil: 'commit' });
  await page.goto(`${origin}/sent`);
  const receipt = await page.content();
  assert.ok(receipt.includes('Receipt 1') && !receipt.includes('Receipt 2'));
}

/** A double press. The second takes the place of the first, and the browser may then call the first one aborted. */
async function pressTwice(page, button, leadsTo) {
  await button.dblclick();
  const arrive = () => page.waitForURL(leadsTo);
  const onceMore = (error) => {
    if (!error.message.includes('net::ERR_ABORTED')) throw error;
    return arrive();
  };
  await arrive().catch(onceMore).catch(onceMore);
}

async function twice({ service: { origin }, phone }) {
  const { page } = await phone();
  await page.goto(`${origin}/`);
  await pressTwice(page, page.locator('form[action="/begin"] button').first(), '**/tell');
  const once = await code(page);
  await page.goto(`${origin}/tell/write`);
  await page.locator('main textarea').first().fill('Pressed two times');
  await pressTwice(page, submit(page.locator('main form[action="/tell/write"]')), '**/tell/items/**');
  await page.goto(`${origin}/tell/check`);
  assert.equal((await page.content()).split('Pressed two times').length - 1, 1);
  await page.locator('main input[name=not_safe][value=yes]').check({ force: true });
  await pressTwice(page, submit(page.locator('main form[action="/tell/send"]')), '**/sent');
  await page.goto(`${origin}/sent`);
  assert.ok(!(await page.content()).includes('Receipt 2'));
  await page.goto(`${origin}/tell/code`);
  assert.deepEqual(await code(page), once, 'one draft was made');
}

function inAnApp(userAgent, javaScriptEnabled) {
  return async ({ service: { origin }, phone }) => {
    const { page } = await phone({ userAgent, javaScriptEnabled });
    await page.goto(`${origin}/`);
    await press(page, page.locator('form[action="/begin"] button[name=way]').first());
    await page.locator('main textarea').fill('Said inside an app');
    await press(page, submit(page.locator('form[action="/tell/one/words"]')));
    await press(page, submit(page.locator('main form[action="/tell/one/about"]')));
    assert.ok((await page.content()).includes('Said inside an app'));
    await press(page, submit(page.locator('main form[action="/tell/send"]')));
    assert.ok(page.url().endsWith('/sent') && (await page.content()).includes('HRD-'));
  };
}

/** A browser that keeps no cookies says so, and gives back what was typed. */
async function noCookies({ service: { origin }, phone, folder }) {
  const profile = join(folder, 'no-cookies');
  mkdirSync(join(profile, 'Default'), { recursive: true });
  const preferences = { profile: { default_content_setting_values: { cookies: 2 }, block_third_party_cookies: true } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  const { context, page } = await phone({ profile });
  await begin(page, origin);
  assert.equal((await context.cookies()).length, 0, 'this browser keeps no cookies');
  const text = await page.locator('main').innerText();
  assert.ok(text.includes('does not keep cookies') && text.includes('turn on cookies'), text);
}

/** The cookie goes while somebody writes: an app's browser that forgets, or settings that were changed. */
async function cookieLost({ service: { origin }, phone }) {
  const { context, page } = await phone();
  await begin(page, origin);
  const six = await code(page);
  await page.goto(`${origin}/tell/write`);
  await page.locator('main textarea').first().fill('Typed before the cookie went');
  await context.clearCookies();
  await press(page, submit(page.locator('main form[action="/tell/write"]')));
  const text = await page.locator('main').innerText();
  assert.ok(text.includes('Typed before the cookie went'), 'the words are given back');
  assert.ok(text.includes('cookies'), 'and why');
  await page.goto(`${origin}/return`);
  await page.locator('main input[type=text]').first().fill(six.join(' '));
  await press(page, submit(page.locator('form[action="/return"]')));
  assert.ok(page.url().endsWith('/tell'), 'the code opens the draft again');
}

export const mixed = {
  'two tabs and a second start': twoTabs,
  'going back': back,
  'every button pressed twice': twice,
  'inside Instagram': inAnApp(APPS.Instagram, true),
  'inside Facebook on an old phone, without JavaScript': inAnApp(APPS.Facebook, false),
  'no cookies': noCookies,
  'the cookie goes while somebody writes': cookieLost,
};
