// Measures rows of uploads. See benches/run.
import { spawn } from 'node:child_process';
import { chmodSync, closeSync, createReadStream, fsyncSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createHash, randomFillSync } from 'node:crypto';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import * as tus from 'tus-js-client';
import { directToS3, heard, heardOnS3, nginx, tusServer, uses } from './servers.mjs';
import { manySlow } from './slow.mjs';

const { values: options } = parseArgs({
  options: {
    heard: { type: 'string' }, only: { type: 'string', default: '' }, rounds: { type: 'string', default: '5' },
    folder: { type: 'string', default: 'target' }, keep: { type: 'string', default: 'target/bench-uploads.json' },
  },
});
const [KIB, MIB, GIB] = [1024, 1024 ** 2, 1024 ** 3];
const rounds = Number(options.rounds);
const folder = mkdtempSync(join(resolve(options.folder), 'bench-'));

/** Files of fresh bytes, so that no server that keeps equal bytes once gains by it. In the page cache, and synced. */
function files(count, size) {
  const block = Buffer.allocUnsafe(Math.min(size, MIB));
  return Array.from({ length: count }, (_, number) => {
    const path = join(folder, `source-${size}-${number}`);
    const file = openSync(path, 'w');
    for (let left = size; left > 0; left -= block.length) {
      randomFillSync(block);
      writeSync(file, block, 0, Math.min(left, block.length));
    }
    fsyncSync(file);
    closeSync(file);
    return path;
  });
}

function curl(args) {
  return new Promise((done, failed) => {
    const child = spawn('curl', ['-sS', '-o', '/dev/null', '-w', '%{http_code}', '-H', 'Expect:', ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
    let status = '';
    child.stdout.on('data', (text) => { status += text; });
    child.on('close', (code) => (code === 0 && /^20[0-9]$/.test(status.slice(-3)) ? done() : failed(new Error(`curl ended with ${code}, ${status}`))));
  });
}

const asCurl = (headers) => Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
let puts = 0;

/** One file in one request, by curl. */
async function oneRequest(server, headers, path, size) {
  if (server.name === 'nginx PUT') {
    puts += 1;
    return curl(['-T', path, `${server.endpoint}file-${puts}`]);
  }
  const version = { 'Tus-Resumable': '1.0.0', ...headers };
  const begun = await fetch(server.endpoint, { method: 'POST', headers: { ...version, 'Upload-Length': String(size), 'Upload-Metadata': 'filename Y2xpcC5tcDQ=' } });
  if (begun.status !== 201) throw new Error(`${server.name}: ${begun.status} ${await begun.text()}`);
  const at = new URL(begun.headers.get('location'), server.endpoint).href;
  return curl(['-X', 'PATCH', '-T', path, ...asCurl({ ...version, 'Upload-Offset': '0', 'Content-Type': 'application/offset+octet-stream' }), at]);
}

/** One file in one request, and then until the store has confirmed it. */
async function untilStored(server, headers, path, size) {
  if (server.put) return server.put(path);
  await oneRequest(server, headers, path, size);
  for (;;) {
    const answer = await fetch(server.endpoint, { headers: { 'Tus-Resumable': '1.0.0', ...headers } });
    const { uploads } = await answer.json();
    if (uploads.every(({ state }) => state === 'here')) return undefined;
    await new Promise((later) => setTimeout(later, 50));
  }
}

/** One file by tus-js-client, in requests of `chunkSize` bytes. */
function byClient(chunkSize) {
  return (server, headers, path, size) => new Promise((done, failed) => {
    const file = createReadStream(path, { highWaterMark: MIB });
    const metadata = { filename: 'clip.mp4' };
    new tus.Upload(file, { endpoint: server.endpoint, uploadSize: size, chunkSize, headers, metadata, retryDelays: null, onError: failed, onSuccess: done }).start();
  });
}

const ROWS = [
  { name: '1 GiB in one request', size: GIB, count: 1, parallel: 1, send: oneRequest, servers: ['Heard', 'nginx PUT', '@tus/server'] },
  { name: '1 GiB in 8 MiB requests', size: GIB, count: 1, parallel: 1, send: byClient(8 * MIB), servers: ['Heard', '@tus/server'] },
  { name: '8 x 128 MiB at once', size: 128 * MIB, count: 8, parallel: 8, send: oneRequest, servers: ['Heard', 'nginx PUT', '@tus/server'] },
  { name: '200 x 64 KiB, 4 at once', size: 64 * KIB, count: 200, parallel: 4, send: byClient(Infinity), servers: ['Heard', '@tus/server'] },
  { name: '1 GiB to S3, until it is stored', size: GIB, count: 1, parallel: 1, send: untilStored, servers: ['Heard promise disk', 'Heard promise store', 'direct'] },
];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function measure(row, servers) {
  const figures = new Map(row.servers.map((name) => [name, { walls: [], cpus: [], peaks: [] }]));
  for (let round = 0; round < rounds; round += 1) {
    const sources = files(row.count, row.size);
    // Each round begins with another server.
    const order = row.servers.map((_, at) => row.servers[(at + round) % row.servers.length]);
    for (const name of order) {
      const server = servers.find((one) => one.name === name);
      // At most four uploads of one draft run at once; families do not share a draft.
      const drafts = await Promise.all(Array.from({ length: Math.ceil(row.parallel / 2) * Math.ceil(row.count / 200) * 2 }, () => server.draft()));
      const before = uses(server);
      const began = process.hrtime.bigint();
      let next = 0;
      await Promise.all(Array.from({ length: row.parallel }, async (_, lane) => {
        for (let number = next++; number < row.count; number = next++) {
          await row.send(server, drafts[lane % drafts.length], sources[number], row.size);
        }
      }));
      const wall = Number(process.hrtime.bigint() - began) / 1e9;
      const after = uses(server);
      const of = figures.get(name);
      of.walls.push(wall);
      of.cpus.push(after.cpu - before.cpu);
      of.peaks.push(after.peak);
    }
  }
  return [...figures].map(([server, { walls, cpus, peaks }]) => ({
    row: row.name, server, wall: median(walls), walls, cpu: median(cpus), peak: Math.max(...peaks),
  }));
}

/** Heard hashes all that comes, the others do not: what that costs depends on the processor (with SHA instructions, a quarter). */
function hashing() {
  const [block, began] = [Buffer.alloc(64 * MIB), process.hrtime.bigint()];
  createHash('sha256').update(block).digest();
  return Number(process.hrtime.bigint() - began) / 1e9 * (GIB / block.length);
}

console.log(`SHA-256 of 1 GiB takes this machine ${hashing().toFixed(1)} s of one core (OpenSSL).`);
const all = [];
/** How each is started. A row has servers of its own and takes their files away, so that the disk holds one row at a time. */
const START = {
  Heard: (inside) => heard(inside, options.heard, { HEARD_SUBMISSION_FILES: '100000', HEARD_SPOOL_RESERVE: '0' }),
  'nginx PUT': nginx,
  '@tus/server': tusServer,
  'Heard promise disk': (inside) => heardOnS3(inside, options.heard, 'disk'),
  'Heard promise store': (inside) => heardOnS3(inside, options.heard, 'store'),
  direct: directToS3,
};

async function withServers(names, work) {
  const inside = mkdtempSync(join(folder, 'row-'));
  chmodSync(inside, 0o755);
  const servers = [];
  try {
    for (const name of names) servers.push(await START[name](inside));
    return await work(servers);
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(inside, { recursive: true, force: true });
  }
}

try {
  for (const row of ROWS.filter((one) => one.name.includes(options.only))) {
    const lines = await withServers(row.servers, (servers) => measure(row, servers));
    all.push(...lines);
    console.log(`\n${row.name} (medians of ${rounds}, servers in turns)`);
    for (const { server, wall, walls, cpu, peak } of lines) {
      const ratios = lines.filter((other) => other.server !== server && server.startsWith('Heard') && !other.server.startsWith('Heard')).map((other) => `${(wall / other.wall).toFixed(2)} × ${other.server}`);
      const rate = (row.size * row.count) / MIB / wall;
      console.log(`  ${server.padEnd(19)} ${wall.toFixed(2).padStart(6)} s  ${rate.toFixed(0).padStart(5)} MiB/s  ${cpu.toFixed(2).padStart(5)} CPU-s  ${peak.toFixed(0).padStart(4)} MiB  ${ratios.join(', ')}  [${walls.map((one) => one.toFixed(2)).join(' ')}]`);
    }
  }
  if ('500 slow uploads'.includes(options.only)) all.push(await withServers(['Heard'], ([server]) => manySlow(server)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
writeFileSync(options.keep, JSON.stringify(all, null, 2));
