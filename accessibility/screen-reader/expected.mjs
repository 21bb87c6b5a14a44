// What should be heard, as files that anybody can read, and how a difference is shown.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FOLDER = new URL('expected/', import.meta.url).pathname;

const fileOf = (name) => join(FOLDER, `${name}.txt`);

/** The lines of an expected file; none if there is none. Lines that begin with # are for people. */
export function expected(name) {
  if (!existsSync(fileOf(name))) return null;
  return readFileSync(fileOf(name), 'utf8').split('\n').filter((line) => line && !line.startsWith('# '));
}

export function keep(name, title, lines) {
  mkdirSync(dirname(fileOf(name)), { recursive: true });
  writeFileSync(fileOf(name), `# ${title}\n${lines.join('\n')}\n`);
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
    .replace(/\bRow \d+\b|\bAll \d+ rows\b/, (words) => words.replace(/\d+/, 'NUMBER'));
  if (codes.includes(line.trim())) line = 'WORD';
  return line.replace(new RegExp(`\\b([123]) (${MONTHS}) 2026\\b`, 'g'), 'TODAY').replace(/\s+/g, ' ').trim();
}

/** The difference as lines of a diff: what was heard and should not be (+), what should be and was not heard (-). */
export function difference(should, was) {
  const longest = Array.from({ length: should.length + 1 }, () => new Uint16Array(was.length + 1));
  for (let i = should.length - 1; i >= 0; i -= 1) {
    for (let j = was.length - 1; j >= 0; j -= 1) {
      longest[i][j] = should[i] === was[j] ? longest[i + 1][j + 1] + 1 : Math.max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  const lines = [];
  let [i, j] = [0, 0];
  while (i < should.length || j < was.length) {
    if (i < should.length && j < was.length && should[i] === was[j]) { lines.push(`  ${should[i]}`); i += 1; j += 1; }
    else if (j < was.length && (i === should.length || longest[i][j + 1] > longest[i + 1][j])) { lines.push(`+ ${was[j]}`); j += 1; }
    else { lines.push(`- ${should[i]}`); i += 1; }
  }
  // Three lines around each difference are enough to find the place.
  return lines.filter((_, at) => lines.slice(Math.max(0, at - 3), at + 4).some((line) => !line.startsWith('  ')));
}
