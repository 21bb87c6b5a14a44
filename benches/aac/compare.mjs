// What Heard and the peer find in every sample, beside what the sample holds. See benches/aac/compare.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plain as byPeer, written } from './peer.mjs';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const { values: options } = parseArgs({ options: { heard: { type: 'string' }, samples: { type: 'string' }, own: { type: 'string' } } });

/** `heard read FILE` in the plain form. */
function byHeard(file) {
  const { stdout } = spawnSync(options.heard, ['read', file], { encoding: 'utf8', maxBuffer: 1 << 30 });
  const { boards, events, message } = JSON.parse(stdout);
  const names = new Map(boards.map(({ id, name }) => [id, name]));
  const button = ({ label, spoken, hidden, goes_to: to }) => ({ label, spoken, hidden, opens: names.get(to) ?? null });
  return { pages: boards.map(({ name, cells }) => ({ name, buttons: cells.map(button) })), events, message };
}

const seconds = (at) => at?.slice(0, 19) ?? '';
const buttonsOf = (read) => read.pages.flatMap(({ name, buttons }) => buttons.map((button) => ({ page: name, ...button })));

/** What is compared: each is a list of facts, as text, that a reading holds. */
const FACTS = {
  pages: (read) => read.pages.map(({ name }) => name),
  buttons: (read) => buttonsOf(read).map(({ page }) => page),
  labels: (read) => buttonsOf(read).filter(({ label }) => label).map(({ page, label }) => `${page}: ${label}`),
  'spoken text': (read, sure = false) => buttonsOf(read).filter(({ spoken, perhaps }) => spoken && !(sure && perhaps)).map(({ label, spoken }) => `"${label}" says "${spoken.trim()}"`),
  hidden: (read) => buttonsOf(read).filter(({ hidden }) => hidden).map(({ page, label }) => `${page}: ${label}`),
  links: (read) => buttonsOf(read).filter(({ opens }) => opens).map(({ label, opens }) => `"${label}" opens ${opens}`),
  events: (read) => read.events.map(({ text }) => text),
  times: (read) => read.events.filter(({ at }) => at).map(({ text, at }) => `${seconds(at)} ${text}`),
  modelled: (read) => read.events.filter(({ modelled }) => modelled !== null).map(({ text, at, modelled }) => `${seconds(at)} ${text}: ${modelled ? 'by a supporter' : 'own'}`),
};

/** How many of the facts that are true were found; those that were not; and those that are told for sure and not true. */
function judge(truth, found, sure) {
  const left = [...found];
  const missing = truth.filter((fact) => {
    const at = left.indexOf(fact);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { of: truth.length, found: truth.length - missing.length, missing, wrong: left.filter((fact) => sure.includes(fact)) };
}

function judgeAll(truth, read) {
  const judged = Object.fromEntries(Object.entries(FACTS).map(([name, facts]) => [name, judge(facts(truth), facts(read), facts(read, true))]));
  const order = truth.events.map(({ text }) => text);
  // Order is asked only of a log whose every event was found.
  judged.order = order.length === 0 ? '' : JSON.stringify(read.events.map(({ text }) => text)) === JSON.stringify(order) ? 'yes' : '**no**';
  return judged;
}

const cell = ({ of, found, wrong }) => {
  if (of === 0 && wrong.length === 0) return '';
  const told = found === of ? `${of}` : `**${found} of ${of}**`;
  return wrong.length > 0 ? `${told}, ${wrong.length} wrong` : told;
};

const shorten = (facts) => facts.slice(0, 3).map((fact) => fact.replaceAll('|', '\\|').replaceAll('\n', ' ')).join('; ') + (facts.length > 3 ? `; and ${facts.length - 3} more` : '');

function loses(judged) {
  const lost = Object.keys(FACTS).flatMap((name) => {
    const { missing, wrong } = judged[name];
    return [
      ...(missing.length > 0 ? [`${missing.length} of ${name} (${shorten(missing)})`] : []),
      ...(missing.length === 0 && wrong.length > 0 ? [`adds to ${name} (${shorten(wrong)})`] : []),
    ];
  });
  if (judged.order === '**no**') lost.push('time order');
  return lost.join(', ') || 'nothing';
}

const samples = [options.own, options.samples].filter((folder) => folder && existsSync(folder))
  .flatMap((folder) => readdirSync(folder).filter((name) => !/\.md$|^ground-truth\.json$|^synthetic$/.test(name)).sort().map((name) => join(folder, name)));
const truths = JSON.parse(execFileSync('python3', [beside('truth.py'), ...samples], { encoding: 'utf8', maxBuffer: 1 << 30 }));

/** Whether the truth has the numbers that ground-truth.json was written with. */
function checkedAgainstGroundTruth() {
  const place = join(options.samples ?? '', 'ground-truth.json');
  if (!existsSync(place)) return 'ground-truth.json is not there: HEARD_AAC_SAMPLES names its folder. Only our own samples are compared.';
  const differ = [];
  let alike = 0;
  for (const [name, { peer, peer_log: log }] of Object.entries(JSON.parse(readFileSync(place, 'utf8')).files)) {
    const truth = truths[samples.find((file) => basename(file) === basename(name))];
    const labels = FACTS.labels(truth);
    const numbers = { pages: truth.pages.length, buttons: buttonsOf(truth).length, nonEmptyLabels: labels.length, events: truth.events.length };
    for (const [what, number] of Object.entries({ ...peer, ...log })) {
      if (what in numbers && numbers[what] === number) alike += 1;
      else if (what in numbers) differ.push(`${name}: ${what} is ${number} there and ${numbers[what]} here`);
    }
  }
  return `Of the numbers of pages, buttons, labels and events in ground-truth.json ${alike} are those of truth.py${differ.length > 0 ? `, and these are not: ${differ.join('; ')}` : ', all of them'}.`;
}

const version = createRequire(import.meta.url)('./node_modules/@willwade/aac-processors/package.json').version;
const names = Object.keys(FACTS);
const lines = [];
const losses = [];
const totals = { Heard: {}, peer: {} };
const more = new Map();

/** What the peer's buttons hold that `heard read` has no place for. */
function countMore(tree) {
  const shown = new Set(['id', 'label', 'message', 'x', 'y', 'semanticAction', 'targetPageId', 'visibility']);
  for (const page of Object.values(tree.pages)) {
    for (const button of page.buttons) {
      for (const [name, value] of Object.entries(button)) {
        const empty = value === undefined || value === null || value === '' || (typeof value === 'object' && Object.values(value).every((one) => one === undefined || one === null));
        if (!shown.has(name) && !empty) more.set(name, (more.get(name) ?? 0) + 1);
      }
    }
  }
}

/** Both readings of a file, and why the peer refused it. */
async function both(file) {
  const readings = { Heard: byHeard(file) };
  try {
    return { ...readings, peer: await byPeer(file), refused: '' };
  } catch (error) {
    return { ...readings, peer: { pages: [], events: [] }, refused: error.message.split('\n')[0] };
  }
}

for (const file of samples) {
  const truth = truths[file];
  const { refused, ...readings } = await both(file);
  if (!refused) countMore(readings.peer.kept);
  for (const [who, read] of Object.entries(readings)) {
    const judged = judgeAll(truth, read);
    for (const name of names) {
      const total = totals[who][name] ??= { of: 0, found: 0, wrong: [] };
      total.of += judged[name].of;
      total.found += judged[name].found;
      total.wrong.push(...judged[name].wrong);
    }
    lines.push(`| ${basename(file)} | ${who} | ${names.map((name) => cell(judged[name])).join(' | ')} | ${judged.order} |`);
    losses.push(`| ${basename(file)} | ${who} | ${who === 'peer' && refused ? `everything: "${refused}"` : loses(judged)} |`);
  }
}

/** What both read of files that the peer wrote; a file that it did not write to the end is not compared. */
async function writtenByPeer() {
  const folder = mkdtempSync(join(tmpdir(), 'heard-compare-'));
  const rows = [];
  try {
    const { files, truth } = await written(folder);
    for (const { file, problem } of files) {
      const { refused, ...readings } = problem ? {} : await both(file);
      for (const [who, read] of Object.entries(readings)) {
        const judged = judgeAll(truth, read);
        const told = ['pages', 'buttons', 'labels', 'spoken text', 'hidden', 'links'].map((name) => cell(judged[name]));
        rows.push(`| ${basename(file)} | ${who} | ${told.join(' | ')} | ${who === 'Heard' ? read.message : refused} |`);
      }
      if (problem) rows.push(`| ${basename(file)} | | | | | | | | not written: "${problem.split('\n')[0]}" |`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return rows.join('\n');
}

process.stdout.write(`# Heard beside @willwade/aac-processors ${version}

${samples.length} samples. A number is how many there are, where all were found; else how many of them were found. "Wrong" is
what a reading tells and the file does not hold. What a file holds is read a third way, by truth.py. ${checkedAgainstGroundTruth()}
"In order" is the order in which events are given; the peer gathers them word by word, and each keeps its times.

| sample | who | ${names.join(' | ')} | in order |
|---|---|${names.map(() => '---|').join('')}---|
${lines.join('\n')}
${['Heard', 'peer'].map((who) => `| **all** | **${who}** | ${names.map((name) => cell(totals[who][name])).join(' | ')} | |`).join('\n')}

| sample | who | loses |
|---|---|---|
${losses.join('\n')}

Two pages of five buttons, as the peer itself writes them in each format that it knows (what it does not write, nobody can
read; what it reads and Heard does not is told by Heard's sentence):

| file | who | pages | buttons | labels | spoken text | hidden | links | |
|---|---|---|---|---|---|---|---|---|
${await writtenByPeer()}

What the buttons of these samples hold in the peer's reading and \`heard read\` does not print (how often):
${[...more].sort(([, a], [, b]) => b - a).map(([name, count]) => `${name} ${count}`).join(', ') || 'nothing'}.
`);
if (losses.some((line) => line.includes('| Heard |') && !line.endsWith('| nothing |'))) process.exitCode = 1;
