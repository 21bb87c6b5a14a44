// 500 phones that send at the same time, each at 1 Mbit/s, and somebody who opens pages meanwhile.
import { request } from 'node:http';
import { uses } from './servers.mjs';

const PHONES = 500;
const BYTES_A_SECOND = 125_000;
const SIZE = 6 * 1024 * 1024;
const STEP = 200;
const VERSION = { 'Tus-Resumable': '1.0.0' };

function once(origin, path, method, headers, write) {
  return new Promise((done, failed) => {
    const asked = request(origin + path, { method, headers, agent: false }, (answer) => {
      answer.resume();
      answer.on('end', () => done({ status: answer.statusCode, headers: answer.headers }));
    });
    asked.on('error', failed);
    write ? write(asked) : asked.end();
  });
}

/** Writes as a slow line does. */
function slowly(asked, piece) {
  const step = Math.round((BYTES_A_SECOND * STEP) / 1000);
  let at = 0;
  const timer = setInterval(() => {
    asked.write(piece.subarray(at, at + step));
    at += step;
    if (at < piece.length) return;
    clearInterval(timer);
    asked.end();
  }, STEP);
  asked.on('close', () => clearInterval(timer));
}

async function phone(origin, draft, piece) {
  const begun = await once(origin, '/uploads', 'POST', { ...VERSION, ...draft, 'Upload-Length': piece.length, 'Upload-Metadata': 'filename Y2xpcC5tcDQ=' });
  const at = begun.headers.location;
  if (begun.status !== 201) throw new Error(`an upload was not begun: ${begun.status}`);
  // They do not all begin in the same moment.
  await new Promise((later) => setTimeout(later, Math.random() * 5000));
  const headers = { ...VERSION, ...draft, 'Upload-Offset': 0, 'Content-Type': 'application/offset+octet-stream', 'Content-Length': piece.length };
  const sent = await once(origin, new URL(at, origin).pathname, 'PATCH', headers, (asked) => slowly(asked, piece));
  if (sent.status !== 204 || Number(sent.headers['upload-offset']) !== piece.length) throw new Error(`an upload failed: ${sent.status}`);
}

export async function manySlow(server) {
  const piece = Buffer.alloc(SIZE, 7);
  // At most four uploads of a draft run at once.
  const drafts = [];
  while (drafts.length < PHONES / 4) drafts.push(await server.draft());
  uses(server);
  const began = performance.now();
  const sending = Promise.allSettled(Array.from({ length: PHONES }, (_, number) => phone(server.origin, drafts[number % drafts.length], piece)));
  const waits = [];
  let over = false;
  sending.then(() => { over = true; });
  while (!over) {
    const from = performance.now();
    const { status } = await once(server.origin, '/', 'GET', {});
    if (status !== 200) throw new Error(`a page was answered with ${status}`);
    waits.push(performance.now() - from);
    await new Promise((later) => setTimeout(later, 100));
  }
  const failed = (await sending).filter(({ status }) => status === 'rejected');
  const wall = (performance.now() - began) / 1000;
  waits.sort((a, b) => a - b);
  const at = (share) => waits[Math.floor((waits.length - 1) * share)];
  const { peak, cpu } = uses(server);
  console.log(`\n${PHONES} uploads of ${SIZE / 1024 / 1024} MiB at once, each at 1 Mbit/s`);
  console.log(`  ${failed.length} failed; ${wall.toFixed(0)} s, of which one alone needs ${(SIZE / BYTES_A_SECOND).toFixed(0)}; server at most ${peak.toFixed(0)} MiB, ${cpu.toFixed(1)} CPU-s; ${waits.length} pages meanwhile: median ${at(0.5).toFixed(0)} ms, p99 ${at(0.99).toFixed(0)} ms`);
  for (const { reason } of failed.slice(0, 3)) console.log(`  ${reason}`);
  return { row: '500 slow uploads', failed: failed.length, wall, peak, cpu, median: at(0.5), p99: at(0.99) };
}
