// Counts the key presses of a child who has Tab, Enter and Space and nothing else (one or two switches, a keyboard, a
// head pointer that steps), from the first page to "We have it": with one file that is chosen, and with one recording, in
// each wording, JavaScript off and on. More than 60 is a fault. So is a target on the way that is too small, or too near
// to another one: 60 px in `pictures`, 44 px elsewhere, 16 px apart.
//
// Every press counts, Tab too. Choosing in the browser's or the phone's own window counts as one, and so does letting the
// page record. The script only presses keys: it looks at the page to know when it has arrived, never to jump.
//
//   node presses.mjs --heard PATH [--only WORD]
import { chromium } from 'playwright-core';
import { nameFaults } from './names.mjs';
import { start } from './service.mjs';
import { targetFaults, targetsOf } from './targets.mjs';

const MOST = 60;
const WORDINGS = ['plain', 'short', 'pictures'];
const options = {};
const given = process.argv.slice(2);
for (let at = 0; at < given.length; at += 2) options[given[at].replace(/^--/, '')] = given[at + 1];

const film = new URL('../../tests/fixtures/video.mp4', import.meta.url).pathname;
const faults = [];
const figures = [];

/** Somebody's hands: they press keys, and every press is counted, page by page. */
class Hands {
  constructor(page, wording) {
    this.page = page;
    this.wording = wording;
    this.steps = [];
    this.smallest = Infinity;
    this.nearest = Infinity;
  }

  get count() {
    return this.steps.reduce((sum, step) => sum + step.presses, 0);
  }

  async arrive() {
    await this.page.waitForLoadState('load');
    this.fresh = true;
    this.steps.push({ path: new URL(this.page.url()).pathname, presses: 0 });
    await this.measure();
  }

  /** How large the targets on this page are, and how far apart, as they stand now. */
  async measure() {
    const targets = await targetsOf(this.page);
    const where = `${this.steps.at(-1).path}, ${this.wording}`;
    for (const one of targets) {
      this.smallest = Math.min(this.smallest, one.smallest);
      this.nearest = Math.min(this.nearest, one.gap ?? Infinity);
    }
    const found = [...targetFaults(targets, this.wording), ...await nameFaults(this.page)];
    faults.push(...found.map((fault) => `${where}: ${fault}`));
  }

  async key(name) {
    this.steps.at(-1).presses += 1;
    await this.page.keyboard.press(name);
  }

  /** Something that is done outside the page, such as choosing in the phone's own window. */
  once() {
    this.steps.at(-1).presses += 1;
  }

  isAt(selector) {
    return this.page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector);
  }

  /** Tabs to it, by the way past the header where nothing on the page has the focus yet. */
  async reach(selector) {
    if (this.fresh && await this.page.evaluate(() => document.activeElement === document.body)) {
      await this.key('Tab');
      if (!(await this.isAt('a.skip'))) throw new Error(`the first stop of ${this.page.url()} does not lead past the header`);
      await this.key('Enter');
    }
    this.fresh = false;
    for (let tabs = 0; !(await this.isAt(selector)); tabs += 1) {
      if (tabs > 80) throw new Error(`${selector} is not reached on ${this.page.url()}`);
      await this.key('Tab');
    }
  }

  /** Presses what leads to another page. */
  async go(selector) {
    await this.reach(selector);
    await Promise.all([this.page.waitForEvent('framenavigated'), this.key('Enter')]);
    await this.arrive();
  }

  async choose(selector) {
    await this.reach(selector);
    await this.key('Space');
  }

  async pick(selector) {
    await this.reach(selector);
    const [chooser] = await Promise.all([this.page.waitForEvent('filechooser'), this.key('Enter')]);
    this.once();
    await chooser.setFiles(film);
  }

  now(state) {
    return this.page.locator(`[data-recorder][data-now="${state}"]`).waitFor();
  }
}

/** From the first page to the one on which the thing is said. */
async function begin(hands) {
  await hands.arrive();
  await hands.go('form[action="/begin"] button[name=way]');
}

/** Whose words, and then everything on one page, and sent. */
async function send(hands) {
  await hands.choose('input[type=radio][name^=whose]');
  await hands.go('form[action="/tell/one/about"] button[type=submit]');
  await hands.reach('a[href="#before"]');
  await hands.key('Enter');
  await hands.go('form[action="/tell/send"] button[type=submit]');
  const path = new URL(hands.page.url()).pathname;
  if (path !== '/sent') throw new Error(`ended on ${path}`);
}

const JOURNEYS = {
  async 'a file is chosen'(hands, javaScript) {
    await begin(hands);
    if (javaScript) {
      await hands.go('a[href^="/tell/evidence?then="]');
      await hands.pick('[data-choose]');
      await hands.page.locator('[data-sending] li[data-now=here]').waitFor();
      await hands.measure();
      await hands.go('a.button[href="/tell/one/about"]');
    } else {
      await hands.pick('input[type=file]');
      await hands.go('form[action="/tell/one"] button[type=submit]');
    }
    await send(hands);
  },

  async 'a recording is made'(hands) {
    await begin(hands);
    await hands.now('ready');
    await hands.reach('[data-part=start]');
    await hands.key('Enter');
    // The browser asks whether the page may record.
    hands.once();
    await hands.now('recording');
    await hands.measure();
    await hands.page.waitForTimeout(1500);
    await hands.reach('[data-part=stop]');
    await hands.key('Enter');
    await hands.now('stopped');
    await hands.measure();
    await hands.reach('[data-part=keep]');
    await hands.key('Enter');
    await hands.now('kept');
    await hands.measure();
    await hands.go('[data-part=what]');
    await send(hands);
  },
};

// One language, as it is served today: a second one adds a stop before the skip link's target and none after it.
const service = await start(options.heard, { HEARD_WORDS: undefined });
const browser = await chromium.launch({
  executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update',
    '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  ],
});

async function walk(name, wording, javaScript) {
  const context = await browser.newContext({
    javaScriptEnabled: javaScript, viewport: { width: 390, height: 844 }, locale: 'en-GB', reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(30_000);
  await context.addCookies([{ name: 'heard-words', value: wording, url: service.origin }]);
  const page = await context.newPage();
  // The browser asks us instead of opening a window, from the first page on.
  page.on('filechooser', () => {});
  const hands = new Hands(page, wording);
  const title = `${name}, ${wording}, JavaScript ${javaScript ? 'on' : 'off'}`;
  try {
    await page.goto(service.origin, { waitUntil: 'load' });
    await JOURNEYS[name](hands, javaScript);
    const { count, smallest, nearest, steps } = hands;
    figures.push({ journey: title, presses: count, 'smallest target': Math.floor(smallest), 'nearest two': Math.floor(nearest), 'page by page': steps.map((step) => `${step.path} ${step.presses}`).join(', ') });
    if (count > MOST) faults.push(`${title}: ${count} presses, and at most ${MOST} may be needed`);
  } catch (error) {
    faults.push(`${title}: stopped after ${hands.count} presses at ${page.url()}: ${error.message.split('\n')[0]}`);
  }
  await context.close();
}

try {
  for (const name of Object.keys(JOURNEYS)) {
    for (const wording of WORDINGS) {
      for (const javaScript of name === 'a recording is made' ? [true] : [false, true]) {
        if (!options.only || `${name} ${wording}`.includes(options.only)) await walk(name, wording, javaScript);
      }
    }
  }
} finally {
  await browser.close();
  service.stop();
}
for (const one of figures) {
  console.log(`${one.journey}: ${one.presses} presses; smallest target ${one['smallest target']} px, nearest two ${one['nearest two']} px apart (${one['page by page']})`);
}
const different = [...new Set(faults)];
for (const fault of different) console.error(fault);
console.log(`${figures.length} ways by keys alone, at most ${Math.max(...figures.map((one) => one.presses))} presses of ${MOST}: ${different.length} faults`);
process.exit(different.length || !figures.length ? 1 : 0);
