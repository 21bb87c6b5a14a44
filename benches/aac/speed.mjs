// How fast Heard's readers and the peer read the same files, in turns. See benches/aac/speed.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { reader, whole } from './peer.mjs';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const { values: options } = parseArgs({
  options: {
    heard: { type: 'string' }, readers: { type: 'string' }, own: { type: 'string' }, samples: { type: 'string' },
    only: { type: 'string', default: '' }, rounds: { type: 'string', default: '5' }, keep: { type: 'string', default: 'target/bench-aac.json' },
  },
});
const rounds = Number(options.rounds);
const made = mkdtempSync(join(resolve('target'), 'bench-aac-'));
execFileSync('python3', [beside('made.py'), options.own, made], { stdio: 'inherit' });

const inside = spawn(options.readers, ['--bench'], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: inside.stdout })[Symbol.asyncIterator]();

const timed = async (work) => {
  const began = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - began) / 1e9;
};

/** Each reads the file `often` times, and tells how many seconds that took. */
const WAYS = {
  async Heard(file, often) {
    inside.stdin.write(`${often}\t${resolve(file)}\n`);
    return Number((await answers.next()).value) / 1e9;
  },
  peer: (file, often) => timed(async () => {
    for (let time = 0; time < often; time += 1) await whole(file);
  }),
  'heard read': (file) => timed(() => { spawnSync(options.heard, ['read', file], { maxBuffer: 1 << 30 }); }),
  'node peer.mjs': (file) => timed(() => { spawnSync(process.execPath, [beside('peer.mjs'), file], { maxBuffer: 1 << 30 }); }),
};
const INSIDE = ['Heard', 'peer'];

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** How often a way must read a file so that it takes a fifth of a second; a way that grows fast is grown first. */
async function oftenEnough(way, file) {
  let often = 1;
  for (let took = 0; took < 0.2 && often < 20_000; often = Math.ceil(often * Math.min(10, 0.3 / took))) took = await WAYS[way](file, often);
  return often;
}

async function measure(file) {
  const ways = Object.keys(WAYS).filter((way) => reads.has(file) || !way.includes('peer'));
  const often = {};
  for (const way of ways) often[way] = INSIDE.includes(way) ? await oftenEnough(way, file) : 1;
  const seconds = Object.fromEntries(ways.map((way) => [way, []]));
  for (let round = 0; round < rounds; round += 1) {
    // Each round begins with another one.
    for (const way of ways.map((_, at) => ways[(at + round) % ways.length])) seconds[way].push(await WAYS[way](file, often[way]) / often[way]);
  }
  return seconds;
}

const files = [options.own, options.samples, made].filter((folder) => folder && statSync(folder, { throwIfNoEntry: false }))
  .flatMap((folder) => readdirSync(folder).filter((name) => !/\.md$|^ground-truth\.json$|^synthetic$/.test(name)).map((name) => join(folder, name)))
  .filter((file) => `aac ${basename(file)}`.includes(options.only));

if (files.length === 0) {
  rmSync(made, { recursive: true });
  process.exit(0);
}

/** The files that the peer reads at all: one that it refuses has no speed. */
const reads = new Set();
for (const file of files) {
  const { name } = reader(file);
  if (name) await whole(file).then(() => reads.add(file), () => {});
}

const number = (value) => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toFixed(2));
const all = [];
const rows = [];
try {
  for (const file of files) {
    const told = JSON.parse(spawnSync(options.heard, ['read', file], { encoding: 'utf8', maxBuffer: 1 << 30 }).stdout);
    const seconds = await measure(file);
    const size = statSync(file).size;
    const medians = Object.fromEntries(Object.entries(seconds).map(([way, times]) => [way, median(times)]));
    all.push({ file: basename(file), size, boards: told.boards.length, events: told.events.length, said: told.said, medians, seconds });
    const [things, what] = told.boards.length > 0 ? [told.boards.length, 'boards'] : [told.events.length, 'events'];
    const column = (way) => (medians[way] ? `${number(size / 1e6 / medians[way])} MB/s, ${number(things / medians[way])} ${what}/s` : 'does not read it');
    const ms = (way) => (medians[way] ? number(medians[way] * 1000) : '');
    rows.push(`| ${basename(file)} | ${number(size / 1000)} | ${column('Heard')} | ${column('peer')} | ${medians.peer ? number(medians.peer / medians.Heard) : ''} | ${ms('heard read')} | ${ms('node peer.mjs')} |`);
  }
} finally {
  inside.stdin.end();
  rmSync(made, { recursive: true, force: true });
}
process.stdout.write(`\nReading files of communication aids: medians of ${rounds} rounds, in turns. "Times" is how many times longer the peer takes.
Large files are made: 300 pages with 12,000 buttons, or 20,000 events.

| aac | kB | Heard | peer | times | \`heard read\`, ms | \`node peer.mjs\`, ms |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`);
writeFileSync(options.keep, JSON.stringify(all, null, 2));
