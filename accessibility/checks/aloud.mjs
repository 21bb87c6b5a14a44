// Plays what is read aloud in real browsers: Chromium with JavaScript on and off, and Firefox. A sound that plays moves on
// by itself, and is as long as its frames say.
//
//   node aloud.mjs --heard PATH
import { chromium } from 'playwright-core';
import { firefox } from './firefox.mjs';
import { start } from './service.mjs';

const heard = process.argv[process.argv.indexOf('--heard') + 1];
const service = await start(heard);
const faults = [];
const must = (holds, fault) => { if (!holds) faults.push(fault); };

/** Each frame has 72 bytes and is 36 ms long. */
async function lengthOf(address) {
  const answer = await fetch(service.origin + address);
  return (await answer.arrayBuffer()).byteLength / 72 * 0.036;
}

const state = `(() => { const sound = document.querySelector('.read-aloud audio');
  return { at: sound.currentTime, duration: sound.duration, paused: sound.paused, error: sound.error?.message, src: sound.getAttribute('src') }; })()`;

async function inChromium(javaScriptEnabled) {
  const name = `Chromium, JavaScript ${javaScriptEnabled ? 'on' : 'off'}`;
  const browser = await chromium.launch({ executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  try {
    const page = await (await browser.newContext({ javaScriptEnabled })).newPage();
    const fetched = [];
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    await page.goto(`${service.origin}/help`);
    must(!fetched.some((path) => path.startsWith('/read-aloud')), `${name}: the sound is fetched before anybody asked for it`);
    // By keyboard: "Read to me" is reached with Tab from the main part, and opened with Enter.
    await page.locator('.read-aloud summary').focus();
    await page.keyboard.press('Enter');
    await page.locator('.read-aloud audio').waitFor({ state: 'visible' });
    const box = await page.locator('.read-aloud audio').boundingBox();
    must(box?.height >= 40, `${name}: the player is ${box?.height} px high`);
    if (!javaScriptEnabled) {
      must((await page.evaluate(state)).paused, `${name}: it plays by itself`);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Space');
    }
    await played(name, () => page.evaluate(state));
    // Far ahead, where only a part is fetched.
    await page.evaluate("document.querySelector('.read-aloud audio').currentTime = 60");
    await until(`${name}: it does not go on from the first minute`, async () => (await page.evaluate(state)).at > 60.3);
    if (javaScriptEnabled) {
      await page.locator('.read-aloud summary').press('Enter');
      await until(`${name}: it goes on when it is closed`, async () => (await page.evaluate(state)).paused);
    }
  } finally {
    await browser.close();
  }
}

async function inFirefox() {
  const window = await firefox();
  try {
    await window.open(`${service.origin}/help`);
    await window.run("document.querySelector('.read-aloud summary').click()");
    await played('Firefox', () => window.run(state));
    await window.run("void (document.querySelector('.read-aloud audio').currentTime = 60)");
    await until('Firefox: it does not go on from the first minute', async () => (await window.run(state)).at > 60.3);
  } finally {
    await window.stop();
  }
}

async function played(name, look) {
  await until(`${name}: it does not play`, async () => (await look()).at > 0.5);
  const { duration, error, src } = await look();
  const wanted = await lengthOf(src);
  // Where there is no loudspeaker, Firefox says so, and plays on.
  must(!error || error.includes('OnMediaSinkAudioError'), `${name}: ${error}`);
  must(Math.abs(duration - wanted) < 0.5, `${name}: it is ${duration} s long, and not ${wanted} s`);
  console.log(`${name}: plays, ${duration.toFixed(1)} s`);
}

async function until(fault, holds, seconds = 30) {
  for (const from = Date.now(); Date.now() - from < seconds * 1000;) {
    if (await holds()) return;
    await new Promise((later) => setTimeout(later, 100));
  }
  faults.push(fault);
}

try {
  await inChromium(true);
  await inChromium(false);
  await inFirefox();
} finally {
  service.stop();
}
for (const fault of faults) console.error(fault);
console.log(`read aloud: ${faults.length} faults`);
process.exit(faults.length ? 1 : 0);
