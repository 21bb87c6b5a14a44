// Our own checks of how a page lies. What each looks for stands in in_page/, which runs in the page itself.
import { readFileSync } from 'node:fs';

/** The script to put into a page. */
export const layout = ['ground', 'room', 'targets', 'focus', 'order', 'modes', 'names']
  .map((name) => readFileSync(new URL(`../in_page/${name}.js`, import.meta.url), 'utf8')).join('\n');

/** What is left of 1,280 by 1,024 px at 400 % (WCAG 1.4.10). */
export const NARROW = { width: 320, height: 256 };
export const WIDE = { width: 1280, height: 800 };

/** How large what is pressed must be, and how far apart. */
const SIZES = { pictures: { least: 60, apart: 0 }, public: { least: 44, apart: 0 }, staff: { least: 44, apart: 0 } };

/** Runs in the page: what can be said of it without touching anything. */
const still = (sizes) => {
  const { looking } = window;
  const { least, apart } = sizes[['staff', 'pictures'].find((name) => document.body.classList.contains(name)) ?? 'public'];
  return [
    ...looking.room(), ...looking.spaced(), ...looking.targets(least, apart),
    ...looking.tabStops(), ...looking.readingOrder(), ...looking.appearing(), ...looking.onlyColour(), ...looking.motion(), ...looking.names(),
  ];
};

/** A key is pressed first: only for people who use keys does the browser show the focus. */
async function key(page) {
  await page.keyboard.press('Tab');
}

export async function stillFaults(page) {
  return (await page.evaluate(still, SIZES)).map((fault) => `layout: ${fault}`);
}

export async function narrowFaults(page) {
  await key(page);
  const found = [...await page.evaluate(() => window.looking.focus()), ...await page.evaluate(still, SIZES)];
  return found.map((fault) => `layout at 320 px: ${fault}`);
}

/** The browser's own buttons of a player: play, where it is, sound, captions, the whole screen, and more. */
const STOPS_OF_A_PLAYER = 7;

/** Goes through the page by the Tab key itself, for pages whose script may hold the focus. */
export async function trapFaults(page) {
  const at = () => page.evaluate(() => {
    const element = document.activeElement;
    if (element === document.body) return null;
    const plays = element.matches('video[controls], audio[controls]');
    return { place: [...document.querySelectorAll('*')].indexOf(element), html: window.looking.named(element), plays };
  });
  const { many, plays } = await page.evaluate(() => {
    const controls = window.looking.controls().filter(window.looking.seen);
    controls[0]?.focus();
    return { many: controls.length, plays: controls.filter((one) => one.matches('video, audio')).length };
  });
  let last = await at();
  let stays = 0;
  for (let press = 0; press < many + plays * STOPS_OF_A_PLAYER + 3; press += 1) {
    await page.keyboard.press('Tab');
    const now = await at();
    if (!now) return [];
    stays = now.place === last?.place ? stays + 1 : 0;
    if (stays > (now.plays ? STOPS_OF_A_PLAYER : 0)) return [`layout: Tab does not leave ${now.html}`];
    last = now;
  }
  // Round and round without ever leaving the page's own things is a trap too; a player has stops of its own.
  const players = await page.evaluate(() => document.querySelectorAll('video[controls], audio[controls], input[type=date]').length);
  return players ? [] : ['layout: Tab goes round and does not leave the page'];
}

export async function forcedFaults(page) {
  await key(page);
  const found = await page.evaluate(() => [...window.looking.focus(), ...window.looking.pressedEdges(), ...window.looking.chosen()]);
  return found.map((fault) => `layout in forced colours: ${fault}`);
}

/** With text twice as large, and with everything open that can be folded away. */
export async function wideFaults(page) {
  const found = await page.evaluate(`window.looking.unfolded(() => [...window.looking.twice(), ...(${still})(${JSON.stringify(SIZES)})])`);
  return found.map((fault) => `layout at 1280 px: ${fault}`);
}
