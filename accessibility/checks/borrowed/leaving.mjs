// What is left of a visit on a phone that somebody else looks at next.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { press } from '../person.mjs';

/** Words that stand for what people write. No page of ours and no file of a browser has them by itself. */
const WORDS = {
  name: 'okapi-notebook', text: 'zebrafinch in the locked room', unsaved: 'pangolin nobody saved', child: 'Quokkina',
  email: 'capybara@hidden.example', file: 'axolotl-evidence', place: 'Little Narwhal', question: 'wallaby answers',
};
const AREA = { name: 'Leeds', code: 'E08000035' };

const submit = (form) => form.locator('button[type=submit], button:not([type])').first();

/** Somebody tells many things, and has typed something that is not saved. Gives everything that nobody may find. */
async function tell({ page, origin, folder }) {
  const open = (path) => page.goto(origin + path, { waitUntil: 'load' });
  const save = (action) => press(page, submit(page.locator(`main form[action="${action}"]`)));
  await open('/');
  await press(page, page.locator('form[action="/begin"] button').first());
  const code = await page.locator('ol.code-words li').allTextContents();
  assert.equal(code.length, 6);
  await open('/tell/name');
  await page.locator('main input[name=name]').fill(WORDS.name);
  await save('/tell/name');
  await open('/tell/who');
  await page.locator('main input[name=name]').fill(WORDS.child);
  await save('/tell/who');
  await open('/tell/area');
  await page.locator('main input[name=words]').fill(WORDS.place);
  await press(page, page.locator('main form[action="/tell/area"]', { has: page.locator('input[name=words]') }).locator('button'));
  await open('/tell/area');
  await page.locator('main input[name=q]').first().fill(AREA.name);
  await press(page, submit(page.locator('main form[action="/tell/area"]').first()));
  await press(page, submit(page.locator('main form[action="/tell/area"]').first()));
  await open('/tell/questions/1');
  await page.locator('main textarea[name=open]').fill(WORDS.question);
  await save('/tell/questions/1');
  await open('/tell/contact');
  await page.locator('main input[name=way][value=email]').check({ force: true });
  await page.locator('main input[name=safe][value=yes]').check({ force: true });
  await page.locator('main [name=address]').fill(WORDS.email);
  await save('/tell/contact');
  const file = join(folder, `${WORDS.file}.txt`);
  writeFileSync(file, `${WORDS.text} in a file`);
  await open('/tell/evidence');
  await page.locator('form[action="/tell/evidence"] input[type=file]').setInputFiles(file);
  if (await page.locator('[data-sending]').isVisible().catch(() => false)) {
    await page.waitForFunction(() => !document.querySelector('[data-sending] li[data-now]:not([data-now=here])'));
  } else {
    await save('/tell/evidence');
  }
  await open('/tell/write');
  await page.locator('main textarea').first().fill(WORDS.text);
  await save('/tell/write');
  await open('/tell/check');
  assert.ok((await page.content()).includes(WORDS.text), 'it is on the check page');
  await open('/tell/code');
  assert.equal(await page.title(), 'Six words', 'the title of what is printed says nothing of us');
  await open('/tell/write');
  await page.locator('main textarea').first().fill(WORDS.unsaved);
  return { code };
}

/** Everything by which the words, the code and the area could be found. */
function marksOf({ code }) {
  const joined = [' ', '-', '+', '%20', ', ', '</li><li>', '\n'].flatMap((by) =>
    code.slice(1).map((word, at) => `${code[at]}${by}${word}`));
  return [...Object.values(WORDS), encodeURIComponent(WORDS.text), WORDS.text.replaceAll(' ', '+'), AREA.code, ...joined];
}

function found(text, marks) {
  const small = text.toLowerCase();
  return marks.filter((mark) => small.includes(mark.toLowerCase()));
}

/** Everything that a page shows and holds, the fields too. */
async function shown(page) {
  const fields = await page.locator('input, textarea, select').evaluateAll((all) => all.map((field) => field.value));
  return [page.url(), await page.title(), await page.content(), ...fields].join('\n');
}

/** Waits until a page is whole; one that comes from the browser's memory never loads. */
async function settled(page) {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await page.evaluate(() => document.readyState).catch(() => '')) === 'complete') return;
    await new Promise((later) => setTimeout(later, 50));
  }
  throw new Error(`${page.url()} never came`);
}

/** Goes back through everything that this tab has shown, one page after the other; and then to pages by their address. */
async function lookBack({ context, page, origin, marks }) {
  const devtools = await context.newCDPSession(page);
  const { currentIndex, entries } = await devtools.send('Page.getNavigationHistory');
  const listed = entries.map((entry) => `${entry.url} ${entry.title}`).join('\n');
  assert.deepEqual(found(listed, [...marks, AREA.name]), [], 'the titles and addresses that Back lists');
  assert.ok(currentIndex > 10, `Back has only ${currentIndex} pages`);
  for (const entry of entries.slice(0, currentIndex).reverse()) {
    if (entry.url === 'about:blank') continue;
    const came = page.waitForEvent('framenavigated', { timeout: 5_000 }).catch(() => {});
    await devtools.send('Page.navigateToHistoryEntry', { entryId: entry.id });
    await came;
    await settled(page);
    assert.deepEqual(found(await shown(page), [...marks, AREA.name]), [], `Back shows it at ${entry.url}`);
  }
  for (const path of ['/tell', '/tell/check', '/tell/write', '/tell/code', '/tell/contact', '/sent', '/']) {
    await page.goto(origin + path, { waitUntil: 'load' });
    assert.deepEqual(found(await shown(page), [...marks, AREA.name]), [], path);
  }
}

/** Nothing of ours is kept where pages may keep things. */
async function lookIntoStorage({ context, page, origin }) {
  await page.goto(`${origin}/help`, { waitUntil: 'load' });
  assert.deepEqual((await context.cookies()).filter((cookie) => cookie.domain.includes('127.0.0.1')), []);
  const kept = await page.evaluate(async () => ({
    local: localStorage.length, session: sessionStorage.length, cookie: document.cookie,
    databases: (await indexedDB.databases()).length, caches: (await caches.keys()).length,
    workers: (await navigator.serviceWorker?.getRegistrations?.())?.length ?? 0,
  }));
  assert.deepEqual(kept, { local: 0, session: 0, cookie: '', databases: 0, caches: 0, workers: 0 });
}

function filesIn(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : entry.isFile() ? [path] : [];
  });
}

/** Searches the profile's files as they lie on the disk. Browsers write text in one byte or in two. */
function lookIntoProfile(profile, marks) {
  const hits = [];
  const files = filesIn(profile);
  assert.ok(files.some((file) => file.endsWith('History')) && files.some((file) => file.endsWith('Web Data')), 'the profile is on the disk');
  for (const file of files) {
    const bytes = readFileSync(file);
    const texts = [bytes.toString('latin1'), bytes.toString('utf16le'), bytes.subarray(1).toString('utf16le')];
    const marked = new Set(texts.flatMap((text) => found(text, marks)));
    if (marked.size) hits.push(`${file.slice(profile.length + 1)}: ${[...marked].join(', ')}`);
  }
  assert.deepEqual(hits, [], 'the profile on the disk');
  const history = readFileSync(files.find((file) => file.endsWith('History'))).toString('latin1');
  assert.ok(history.includes('/tell/write'), 'the history was written, and shows addresses alone');
  assert.ok(!history.includes(AREA.name), 'the history names the area');
}

function story(how, javaScriptEnabled) {
  return async ({ service, weather, folder, phone }) => {
    const { context, profile, page } = await phone({ javaScriptEnabled });
    const { origin } = service;
    const told = await tell({ page, origin, folder });
    const marks = marksOf(told);
    if (how === 'quickly') {
      await press(page, page.locator('form.leave button'));
      assert.equal(page.url(), weather);
    } else {
      await press(page, page.locator('aside.finish button'));
      assert.ok(page.url().endsWith('/finish'), 'the code is shown before');
      await press(page, submit(page.locator('main form[action="/finish"]')));
      assert.ok(page.url().endsWith('/finished'));
    }
    await lookBack({ context, page, origin, marks });
    if (javaScriptEnabled) await lookIntoStorage({ context, page, origin });
    await context.close();
    lookIntoProfile(profile, marks);
    const log = service.log();
    assert.ok(log.includes('/tell/write'), 'the log names the addresses');
    assert.deepEqual(found(log, [...marks, AREA.name]), [], 'the log');

    // What was saved is still there for whoever has the code, on another phone.
    const other = await phone();
    await other.page.goto(`${origin}/return`);
    await other.page.locator('main input[type=text]').first().fill(told.code.join(' '));
    await press(other.page, submit(other.page.locator('form[action="/return"]')));
    await other.page.goto(`${origin}/tell/check`);
    const content = await other.page.content();
    for (const word of [WORDS.text, WORDS.file, AREA.name]) assert.ok(content.includes(word), `${word} is still there`);
    assert.ok(!content.includes(WORDS.unsaved), 'what was not saved is nowhere');
  };
}

export const leaving = {
  'leaving quickly': story('quickly', true),
  'leaving quickly without JavaScript': story('quickly', false),
  'finishing on this phone': story('finish', true),
  'finishing on this phone without JavaScript': story('finish', false),
};
