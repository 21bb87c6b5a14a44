// Jumping about in a film of two hours, in Chromium, as an inspector does: how long from the jump until the picture of that
// moment is there, at ten places, and what the browser fetched for it.
//
//   node benches/prepare/seek.mjs --heard HEARD
//
// The film is made here (160 by 90, 10 pictures a second), sent by the form, prepared by the worker, and played on the page
// that staff read. It fails where a picture takes longer than 300 ms (median of three jumps to a place), on this machine.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const checks = '../../accessibility/checks';
const { start } = await import(`${checks}/service.mjs`);
const { sentAndRead } = await import(`${checks}/sent.mjs`);

const at = process.argv.indexOf('--heard');
const heard = at > 0 ? process.argv[at + 1] : undefined;
if (!heard) throw new Error('say which program to measure: --heard HEARD');
const HOURS = 2;
const LIMIT = 300;

const folder = mkdtempSync(join(tmpdir(), 'heard-seek.'));
const film = join(folder, 'film.mp4');
const seconds = HOURS * 3600;
execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=160x90:rate=10:duration=${seconds}`, '-f', 'lavfi',
  '-i', `sine=frequency=330:duration=${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '250', '-c:a', 'aac', '-b:a', '48k', film]);
const service = await start(heard);
const began = Date.now();
const staff = await sentAndRead(service, [[film]]);
const { page } = staff;
try {
  await staff.until('video.media', 1, 1500);
  console.log(`a film of ${HOURS} hours was ready ${Math.round((Date.now() - began) / 1000)} s after it was chosen`);
  const fetched = [];
  page.on('response', (answer) => {
    if (!answer.url().includes('/staff/media/')) return;
    const [, from, to] = answer.headers()['content-range']?.match(/bytes (\d+)-(\d+)/) ?? [];
    fetched.push({ status: answer.status(), from: Number(from), to: Number(to) });
  });
  const video = page.locator('video.media').first();
  await video.evaluate((player) => new Promise((ready, failed) => {
    player.addEventListener('loadeddata', ready, { once: true });
    player.addEventListener('error', () => failed(new Error(player.error.message)), { once: true });
    player.preload = 'auto';
    player.load();
  }));
  const jump = (to) => video.evaluate((player, to) => new Promise((shown) => {
    const began = performance.now();
    player.requestVideoFrameCallback((now, frame) => shown({ ms: performance.now() - began, at: frame.mediaTime }));
    player.currentTime = to;
  }), to);
  const slow = [];
  console.log('| at | first picture, ms (three jumps) | requests | all of them ranges |\n|---|---|---|---|');
  for (let place = 1; place <= 10; place += 1) {
    // Not in order, and each time another moment near by.
    const to = ((place * 7) % 11) * (seconds / 11);
    const before = fetched.length;
    const times = [];
    for (const more of [0, 31, -47]) {
      const { ms, at } = await jump(to + more);
      if (Math.abs(at - to - more) > 1) throw new Error(`asked for ${to + more} s, shown ${at} s`);
      times.push(Math.round(ms));
      await jump(((place * 5) % 11) * (seconds / 11) + 13);
    }
    const now = fetched.slice(before);
    const median = times.toSorted((one, other) => one - other)[1];
    if (median > LIMIT) slow.push(`${to} s: ${median} ms`);
    console.log(`| ${Math.floor(to / 60)} min | ${times.join(', ')} | ${now.length} | ${now.every(({ status }) => status === 206) ? 'yes' : 'no'} |`);
  }
  if (slow.length) throw new Error(`slower than ${LIMIT} ms: ${slow.join('; ')}`);
} finally {
  await staff.close();
  service.stop();
  rmSync(folder, { recursive: true, force: true });
}
