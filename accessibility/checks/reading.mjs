// What those who read meet. On the page of a board: its table in Chromium's accessibility tree, cell by cell, as somebody
// hears it who does not see. With a set of 12,000 buttons: how much is on its page, and how long it takes to open. With a
// film: its player, by keyboard alone.
//
//   node reading.mjs --heard PATH [--print yes]
import { press, submit } from './person.mjs';
import { start } from './service.mjs';
import { sentAndRead } from './sent.mjs';

const option = (name) => process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined;
/** More elements than this are no light page. */
const MOST_ELEMENTS = 6000;

const LABELS = [
  ['I', 'you', 'like', 'want', 'not'],
  ['go', 'stop', 'more', 'help', 'hurt'],
  ['mum', 'dad', 'friend', 'school', 'home'],
  ['happy', 'sad', 'cross', 'tired', 'feelings'],
];

/** A board in the Open Board Format, with every kind of button that a reader must be told of, and one place left empty. */
function fourByFive() {
  const more = {
    hurt: { vocalization: 'I am hurt' },
    cross: { hidden: true },
    feelings: { load_board: { id: 'elsewhere' } },
  };
  return board('Core words', 5, LABELS.flat().map((label) => label === 'dad' ? null : { label, ...more[label] }));
}

const large = () => board('Large', 20, Array.from({ length: 12_000 }, (_, at) => ({ label: `word${at}` })));

/** A file of one board: its buttons row by row, and none where a place is empty. */
function board(name, columns, places) {
  const rows = places.length / columns;
  const ids = places.map((button, at) => button ? `${at}` : null);
  const order = Array.from({ length: rows }, (_, row) => ids.slice(row * columns, (row + 1) * columns));
  const buttons = places.flatMap((button, at) => button ? [{ id: `${at}`, ...button }] : []);
  const text = JSON.stringify({ format: 'open-board-0.1', id: name, name, locale: 'en', grid: { rows, columns, order }, buttons });
  return { name: `${name}.obf`, mimeType: 'application/octet-stream', buffer: Buffer.from(text) };
}

const should = (row, column) => {
  const label = LABELS[row][column];
  if (label === 'dad') return 'Nothing';
  return label + ({ hurt: ' says “I am hurt”', cross: ' (hidden)', feelings: ' (opens a page that is not in this file)' }[label] ?? '');
};

/** The tables of the page, as a screen reader is given them: a name, and rows of cells, each with its role and its words. */
async function tables(page) {
  const devtools = await page.context().newCDPSession(page);
  const { nodes } = await devtools.send('Accessibility.getFullAXTree');
  await devtools.detach();
  const byId = new Map(nodes.map((node) => [node.nodeId, node]));
  const roleOf = (node) => node.role?.value;
  const under = (node) => (node.childIds ?? []).map((id) => byId.get(id)).filter(Boolean);
  const below = (node, ...roles) => under(node).flatMap((child) => roles.includes(roleOf(child)) && !child.ignored ? [child] : below(child, ...roles));
  const text = (node) => roleOf(node) === 'StaticText' ? node.name.value : under(node).map(text).join('');
  const [root] = nodes;
  return below(root, 'table').map((table) => ({
    name: table.name.value,
    rows: below(table, 'row').map((row) => below(row, 'cell', 'gridcell', 'columnheader', 'rowheader').map((cell) => ({ role: roleOf(cell), text: text(cell).replace(/\s+/g, ' ').trim() }))),
  }));
}

const faults = [];
const must = (holds, fault) => { if (!holds) faults.push(fault); };
const service = await start(option('--heard'));
const film = new URL('../../tests/fixtures/video.mp4', import.meta.url).pathname;
const staff = await sentAndRead(service, [[fourByFive()], [large()], [film]]);
try {
  await staff.until('main a[href$="/board"]', 2);
  const addresses = await staff.page.locator('main a[href$="/board"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  await hearBoard(staff, addresses[0]);
  await openLarge(staff, addresses[1]);
  await staff.until('video.media');
  await playFilm(staff);
} finally {
  await staff.close();
  service.stop();
}
for (const fault of faults) console.error(fault);
process.exit(faults.length ? 1 : 0);

async function hearBoard({ page, open }, address) {
  await open(address);
  const [table] = (await tables(page)).filter(({ name }) => name.includes('Core words'));
  if (!table) { faults.push('the board is no table with its name'); return; }
  if (option('--print')) console.log(`table “${table.name}”\n${table.rows.map((row) => row.map(({ role, text }) => `  ${role} “${text}”`).join('\n')).join('\n\n')}`);
  must(table.rows.length === 5, `the table has ${table.rows.length} rows`);
  const [heads, ...rows] = table.rows;
  must(heads.length === 6 && heads.every(({ role }) => role === 'columnheader'), `its columns have no headings: ${JSON.stringify(heads)}`);
  for (const [y, [head, ...cells]] of rows.entries()) {
    must(head.role === 'rowheader' && head.text === `Row ${y + 1}`, `row ${y + 1} is headed ${JSON.stringify(head)}`);
    must(cells.length === 5 && cells.every(({ role }) => ['cell', 'gridcell'].includes(role)), `row ${y + 1} has other cells: ${JSON.stringify(cells)}`);
    for (const [x, cell] of cells.entries()) must(cell.text === should(y, x), `row ${y + 1}, column ${x + 1} says “${cell.text}” and not “${should(y, x)}”`);
  }
  console.log(`a board of 4 by 5: ${rows.flat().length} cells and headings as they should be heard`);
}

async function openLarge({ page, open }, address) {
  const opened = [];
  for (let time = 0; time < 5; time += 1) {
    await open(address);
    opened.push(await page.evaluate(() => Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)));
  }
  const elements = await page.evaluate(() => document.querySelectorAll('*').length);
  const bytes = await page.evaluate(() => performance.getEntriesByType('navigation')[0].decodedBodySize);
  must(elements < MOST_ELEMENTS, `the page of 12,000 buttons has ${elements} elements`);
  console.log(`a board of 12,000 buttons: ${elements} elements, ${bytes} bytes, there after ${opened.join(', ')} ms`);
}

/** What a player does, once it does it. */
async function becomes(video, what, holds) {
  for (const began = Date.now(); Date.now() - began < 20_000; await new Promise((later) => setTimeout(later, 100))) {
    if (await video.evaluate(holds)) return;
  }
  faults.push(`the player: ${what}; it is at ${await video.evaluate((player) => player.currentTime)} s`);
}

async function playFilm({ page, reference, open }) {
  const video = page.locator('video.media').first();
  // With the keyboard alone, as the browser's own controls allow it.
  await video.focus();
  await page.keyboard.press('Space');
  await becomes(video, 'Space does not play', (player) => player.currentTime > 0.2 && !player.paused);
  await page.keyboard.press('Space');
  await becomes(video, 'Space does not pause', (player) => player.paused);

  const speed = page.locator('[data-speed] select').first();
  await speed.focus();
  await page.keyboard.press('ArrowDown');
  must(await video.evaluate((player) => player.playbackRate === 1.25 && player.preservesPitch), 'the player: it does not play faster with voices as they are');

  // A note on a moment is a mark, and the mark plays from there.
  const card = page.locator('main section.card').filter({ has: video });
  const notes = card.locator('form').filter({ has: page.locator('input[name^=at]') });
  await notes.evaluate((form) => { form.closest('details').open = true; });
  await notes.locator('input[name^=at]').fill('0:01');
  await notes.locator('textarea').fill('She points at the door.');
  await press(page, submit(notes));
  await open(`/staff/submissions/${reference}`);
  const mark = page.locator('.moments a[data-at="1"]');
  must(await mark.count() === 1 && await page.locator('svg.marks rect').count() === 2, 'the note is not marked under the player');
  if (!await mark.count()) return;
  await mark.focus();
  await page.keyboard.press('Enter');
  await becomes(page.locator('video.media').first(), 'the mark does not play from its moment', (player) => player.currentTime >= 1 && player.currentTime < 30);
  must(new URL(page.url()).pathname.startsWith('/staff/submissions/'), 'the mark leads away');
  await typeWords({ page, open });
  console.log('a film: played, paused, made faster, marked and written down by keyboard');
}

/** Writing down what is heard, without leaving the words; then the words are captions. */
async function typeWords({ page, open }) {
  await open(await page.locator('main section.card').filter({ has: page.locator('video.media') }).locator('a[href$="/words"]').getAttribute('href'));
  const video = page.locator('video.media').first();
  const words = page.locator('main textarea[name=words]');
  await words.focus();
  await page.keyboard.press('F8');
  await becomes(video, 'F8 does not play', (player) => player.currentTime > 1.1 && !player.paused);
  await page.keyboard.press('F8');
  await becomes(video, 'F8 does not pause', (player) => player.paused);
  await page.keyboard.press('F2');
  await page.keyboard.type('Look at my house.');
  must(/^0:0[1-9] Look at my house\.$/.test(await words.inputValue()), `F2 wrote “${await words.inputValue()}”`);
  await page.keyboard.press('F9');
  await becomes(video, 'F9 does not go back', (player) => player.currentTime < 1);
  await press(page, submit(page.locator('main form').filter({ has: page.locator('textarea[name=words]') })));
  const cues = await page.locator('video.media').first().evaluate((player) => new Promise((shown) => {
    const track = player.querySelector('track');
    if (!track) { shown('none'); return; }
    track.addEventListener('load', () => shown([...track.track.cues].map((cue) => cue.text).join(' | ')), { once: true });
    track.addEventListener('error', () => shown('broken'), { once: true });
    track.track.mode = 'showing';
  }));
  must(cues === 'Look at my house.', `the captions are: ${cues}`);
}
