// The test of the checks: opens each page of ../faults, which has one fault, and fails when a check that must catch it does
// not; and opens the same page without the fault (../faults/right), and fails when any check complains, because a check
// that always complains proves nothing.
//
// ../faults/faults.json names who must catch each fault. `words` is answered for by the Rust tests and `screen-reader` by
// what a screen reader says (../screen-reader); those two are not run here, and a fault of the latter must say what is heard.
//
//   node seeded.mjs [--only WORD] [--write]    (--write puts the table into ../faults/README.md)
import { chromium } from 'playwright-core';
import { readFileSync, writeFileSync } from 'node:fs';
import { HOME, rows as allRows, serveFaults } from '../faults/serve.mjs';
import { lookWhereItStands, openDesk } from './tools/desk.mjs';
import { htmlFaults, nuFaults } from './tools/markup.mjs';

const TOOLS = { axe: /^axe /, IBM: /^ibm /, 'html-validate': /^html /, Nu: /^nu /, layout: /^layout/ };
const ELSEWHERE = ['words', 'screen-reader'];
const given = process.argv.slice(2);
const only = given.includes('--only') ? given[given.indexOf('--only') + 1] : '';
const rows = allRows().filter(({ file }) => file.includes(only));
const wrong = [];

const { origin, stop } = await serveFaults();
const browser = await chromium.launch({
  executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'],
});

const desk = await openDesk(browser, `${origin}/right/${rows[0].file}`);

/** What the tools in the browser, and html-validate, say of a page. */
async function look(file) {
  const html = readFileSync(new URL(file, HOME), 'utf8');
  const markup = await htmlFaults(html);
  if (!html.includes('<script')) return [...markup, ...await desk.look(html, `/${file}`)];
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(`${origin}/${file}`, { waitUntil: 'load' });
  const found = [...markup, ...await lookWhereItStands(page)];
  await context.close();
  return found;
}

const found = new Map();
const documents = new Map();
const files = rows.flatMap(({ file }) => [file, `right/${file}`]);
for (const file of files) {
  documents.set(file, readFileSync(new URL(file, HOME), 'utf8'));
  found.set(file, await look(file));
}
await browser.close();
stop();
for (const [file, more] of await nuFaults(documents)) found.get(file).push(...more);

const short = (fault) => fault.replace(/^layout[^:]*: (with [^:]*: )?/, '').replace(/^\w+ /, '').split(/ \(|: /)[0];
const lines = [];
for (const { file, fault, caught_by, expect } of rows) {
  const all = found.get(file);
  const by = Object.entries(TOOLS).filter(([, own]) => all.some((one) => own.test(one))).map(([tool]) => tool);
  for (const tool of caught_by) {
    if (!ELSEWHERE.includes(tool) && !by.includes(tool)) wrong.push(`${file}: ${tool} does not catch it: ${fault}`);
  }
  for (const tool of by) {
    if (!caught_by.includes(tool)) wrong.push(`${file}: ${tool} catches it too, and faults.json does not say so: ${all.find((one) => TOOLS[tool].test(one))}`);
  }
  if (!caught_by.length) wrong.push(`${file}: nothing catches it: ${fault}`);
  if (caught_by.includes('screen-reader') && !expect) wrong.push(`${file}: faults.json does not say what is heard`);
  for (const one of found.get(`right/${file}`)) wrong.push(`right/${file} has no fault, and yet: ${one}`);
  const cell = (tool) => (ELSEWHERE.includes(tool)
    ? (caught_by.includes(tool) ? 'x' : '')
    : [...new Set(all.filter((one) => TOOLS[tool].test(one)).map((one) => (tool === 'axe' || tool === 'IBM' ? short(one) : 'x')))].slice(0, 1).join(', '));
  lines.push(`| ${fault} (\`${file}\`) | ${[...Object.keys(TOOLS), ...ELSEWHERE].map(cell).join(' | ')} |`);
}
const columns = [...Object.keys(TOOLS), ...ELSEWHERE];
const sums = columns.map((tool) => rows.filter(({ caught_by }) => caught_by.includes(tool)).length);
const table = [`| fault | ${columns.join(' | ')} |`, `| --- |${' --- |'.repeat(columns.length)}`, ...lines, `| **${rows.length} faults** | ${sums.join(' | ')} |`].join('\n');
console.log(table);
if (given.includes('--write') && !only) {
  const readme = new URL('README.md', HOME);
  const text = readFileSync(readme, 'utf8');
  writeFileSync(readme, `${text.slice(0, text.indexOf('| fault |'))}${table}\n`);
}
for (const one of wrong) console.error(one);
console.log(`${rows.length} seeded faults, ${rows.length} pages without one: ${wrong.length} wrong`);
process.exit(wrong.length ? 1 : 0);
