// What should be heard, as files that anybody can read, and how a difference is shown.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = new URL('expected/', import.meta.url).pathname;

const WITHOUT_SCRIPT = '-without-script';
const fileOf = (name) => join(FOLDER, `${name}.txt`);

function linesOf(name) {
  if (!existsSync(fileOf(name))) return null;
  return readFileSync(fileOf(name), 'utf8').split('\n').filter((line) => line && !line.startsWith('# '));
}

/**
 * The lines of an expected file; none if there is none. Lines that begin with # are for people. Where a page says something
 * else without script, that stands in a file of its own.
 */
export function expected(name, scripts = true) {
  return (scripts ? null : linesOf(name + WITHOUT_SCRIPT)) ?? linesOf(name);
}

export function keep(name, title, lines, scripts = true) {
  const without = fileOf(name + WITHOUT_SCRIPT);
  const asWithScript = linesOf(name)?.join('\n') === lines.join('\n');
  if (!scripts && asWithScript) return rmSync(without, { force: true });
  const file = scripts ? fileOf(name) : without;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `# ${title}${scripts ? '' : ', without script'}\n${lines.join('\n')}\n`);
}

const MONTHS = 'January|February|March|April|May|June|July|August|September|October|November|December';

/** Puts a word in the place of what is another at every run: references, codes, addresses of this machine, the time. */
export function steady(text, codes = []) {
  let line = text
    .replace(/HRD-\w{4}-\w{4}/g, 'HRD-REFERENCE')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    // Whether a link was visited depends on who was here before.
    .replace(/\bvisited link\b/g, 'link')
    .replace(/127\.0\.0\.1:\d+/g, 'HEARD.EXAMPLE')
    .replace(/\b\d{1,2}:\d\d(:\d\d)?( ?[ap]m)?\b/g, 'TIME')
    .replace(/\b(\d+ colon )?[0-9a-f]{32,64}\b/g, 'DIGEST')
    // How much room the machine has, and how much was kept by then; a long run goes on past the minute at which a day is over.
    .replace(/\d+ of \d+(?= gigabytes are used)|(?<=The oldest has waited for |New files may take |A further |Where they should be: )\d+/g, 'NUMBER')
    .replace(/\bRow \d+\b|\bAll \d+ rows\b/, (words) => words.replace(/\d+/, 'NUMBER'));
  // Firefox says the words of a code together with their numbers.
  const [, number, word] = line.trim().match(/^(\d?)(.*)$/s);
  if (codes.includes(word)) line = `${number}WORD`;
  return line.replace(new RegExp(`\\b([123]) (${MONTHS}) 2026\\b`, 'g'), 'TODAY').replace(/\s+/g, ' ').trim();
}

/** What was heard beside what should be, step by step: `=` both, `+` heard and should not be, `-` not heard. `at` counts what should be. */
function compared(should, was) {
  const longest = Array.from({ length: should.length + 1 }, () => new Uint16Array(was.length + 1));
  for (let i = should.length - 1; i >= 0; i -= 1) {
    for (let j = was.length - 1; j >= 0; j -= 1) {
      longest[i][j] = should[i] === was[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const steps = [];
  let [i, j] = [0, 0];
  while (i < should.length || j < was.length) {
    if (i < should.length && j < was.length && should[i] === was[j]) { steps.push({ sign: '=', at: i, text: should[i] }); i += 1; j += 1; }
    else if (j < was.length && (i === should.length || longest[i][j + 1] > longest[i + 1][j])) { steps.push({ sign: '+', at: i, text: was[j] }); j += 1; }
    else { steps.push({ sign: '-', at: i, text: should[i] }); i += 1; }
  }
  return steps;
}

/** The difference as lines of a diff. */
export function difference(should, was) {
  const lines = compared(should, was).map(({ sign, text }) => `${sign === '=' ? ' ' : sign} ${text}`);
  // Three lines around each difference are enough to find the place.
  return lines.filter((_, at) => lines.slice(Math.max(0, at - 3), at + 4).some((line) => !line.startsWith('  ')));
}

/** Whether the screen reader, or whoever pressed the keys, did not come to the end. */
export const hasStopped = (was) => was.some((line) => /^\((the screen reader )?stopped/.test(line));

/** Whether two tries differ in the same way from what should be. Of a try that stopped on the way, only the other one counts. */
export function differsTwice(should, first, second) {
  const [one, other] = [first, second].map((was) => compared(should, was).filter(({ sign }) => sign !== '=').map((step) => JSON.stringify(step)));
  if (hasStopped(first)) return other.length > 0;
  if (hasStopped(second)) return one.length > 0;
  return one.some((step) => other.includes(step));
}
