// Drives the real tus-js-client against a running Heard, in every way in which pages use it, and prints one line of JSON
// for each file that it was told is whole: its name and the SHA-256 of what was sent.
//
//   HEARD_COOKIE='heard=…' node tus.mjs http://127.0.0.1:8080
//
// The client is used as it comes, with no option beside those that its own documentation names.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as tus from 'tus-js-client';

const endpoint = `${process.argv[2]}/uploads`;
const headers = { Cookie: process.env.HEARD_COOKIE };
const MIB = 1 << 20;
let seed = 1;

/** Bytes that are different everywhere, and for each file. */
function noise(length) {
  const parts = [];
  for (let left = length, number = 0; left > 0; number += 1) {
    const block = createHash('sha512').update(`${seed} ${number >> 10}`).digest();
    const part = Buffer.alloc(Math.min(left, 64 * 1024), block);
    if (part.length >= 4) part.writeUInt32LE(number);
    parts.push(part);
    left -= part.length;
  }
  seed += 1;
  return Buffer.concat(parts);
}

function tell(name, bytes) {
  console.log(JSON.stringify({ name, sha256: createHash('sha256').update(bytes).digest('hex') }));
}

/** Sends a file to its end. `watch` may abort it on the way. */
function send(name, file, options, watch = () => {}) {
  return new Promise((done, failed) => {
    const upload = new tus.Upload(file, {
      endpoint,
      headers,
      metadata: { filename: name, filetype: 'application/octet-stream' },
      retryDelays: [0, 200, 1000],
      onError: failed,
      onSuccess: () => done(upload),
      onProgress: (sent, total) => watch(upload, sent, total, done),
      ...options,
    });
    upload.start();
  });
}

async function whole(name, length, options) {
  const bytes = noise(length);
  await send(name, bytes, options);
  tell(name, bytes);
}

async function lengthIsKnownLast() {
  const bytes = noise(5 * MIB + 3);
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 300_001) pieces.push(bytes.subarray(at, at + 300_001));
  await send('deferred', Readable.from(pieces), { uploadLengthDeferred: true, chunkSize: MIB });
  tell('deferred', bytes);
}

/** Aborted in the middle, as when the page is closed; another instance goes on at the same address. */
async function goesOnAfterAnAbort(name, options) {
  const bytes = noise(24 * MIB + 5);
  const first = await send(name, bytes, options, (upload, sent, total, done) => {
    if (sent > total / 3) upload.abort().then(() => done(upload));
  });
  const stood = await fetch(first.url, { method: 'HEAD', headers: { ...headers, 'Tus-Resumable': '1.0.0' } });
  const offset = Number(stood.headers.get('upload-offset'));
  let sentFrom;
  await send(name, bytes, { ...options, uploadUrl: first.url }, (_, sent) => { sentFrom ??= sent; });
  if (offset === 0 || sentFrom < offset) throw new Error(`${name} began again: it stood at ${offset}, and ${sentFrom} was sent`);
  tell(name, bytes);
}

/** Found again by what the client itself wrote down before. */
async function goesOnByItsOwnNotes() {
  const folder = mkdtempSync(join(tmpdir(), 'heard-tus.'));
  const options = {
    urlStorage: new tus.FileUrlStorage(join(folder, 'notes.json')),
    fingerprint: async () => 'notes',
    storeFingerprintForResuming: true,
    chunkSize: 4 * MIB,
  };
  const bytes = noise(20 * MIB);
  const first = await send('notes', bytes, options, (upload, sent, total, done) => {
    if (sent > total / 2) upload.abort().then(() => done(upload));
  });
  await new Promise((done, failed) => {
    const upload = new tus.Upload(bytes, { endpoint, headers, ...options, onError: failed, onSuccess: done });
    upload.findPreviousUploads().then(([previous]) => {
      if (!previous) return failed(new Error('the client finds nothing that it began'));
      upload.resumeFromPreviousUpload(previous);
      return upload.start();
    }).catch(failed);
  });
  rmSync(folder, { recursive: true });
  if (!first.url) throw new Error('an upload has an address');
  tell('notes', bytes);
}

async function isTerminated() {
  const upload = await send('terminated', noise(3 * MIB), { chunkSize: MIB }, (running, sent, _, done) => {
    if (sent > MIB) running.abort(true).then(() => done(running));
  });
  const stood = await fetch(upload.url, { method: 'HEAD', headers: { ...headers, 'Tus-Resumable': '1.0.0' } });
  if (stood.status !== 410) throw new Error(`a terminated upload is gone, not ${stood.status}`);
}

await whole('one request', 17 * MIB + 1, {});
await whole('in parts', 17 * MIB + 2, { chunkSize: 8 * MIB });
await whole('in small parts', 2 * MIB + 3, { chunkSize: 256 * 1024 });
await whole('with the creation', 9 * MIB + 4, { uploadDataDuringCreation: true });
await whole('with the creation, in parts', 9 * MIB + 5, { uploadDataDuringCreation: true, chunkSize: 4 * MIB });
await whole('by POST', 9 * MIB + 6, { overridePatchMethod: true, chunkSize: MIB });
await whole('empty', 0, {});
await whole('one byte', 1, {});
await whole('🎬 наш "день" <b>.mov', 100_000, {});
await lengthIsKnownLast();
await goesOnAfterAnAbort('aborted', {});
await goesOnAfterAnAbort('aborted in parts', { chunkSize: MIB });
await goesOnByItsOwnNotes();
await isTerminated();
await Promise.all([1, 2, 3, 4, 5, 6].map((number) => whole(`side by side ${number}`, 6 * MIB + number, { chunkSize: MIB })));
console.log(JSON.stringify({ done: true }));
