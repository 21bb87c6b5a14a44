// The peer, @willwade/aac-processors, as its README says to use it: one reader for a file's extension, and three functions
// for logs. What it gives is put into the same plain form as ours.
//
//   node peer.mjs FILE    reads one file in a process of its own
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as peer from '@willwade/aac-processors';
import * as logs from '@willwade/aac-processors/analytics';
import { OblUtil } from '@willwade/aac-processors/metrics';

// It tells its own story on the console, which would be measured too.
console.log = () => {};
console.debug = () => {};
console.warn = () => {};

const ALL = { preserveAllButtons: true };
const READERS = [
  [/\.ob[fz]$/, 'ObfProcessor'], [/\.gridset$/, 'GridsetProcessor'], [/\.sp[sb]$/, 'SnapProcessor'],
  [/\.ce$/, 'TouchChatProcessor'], [/\.grd(\.json)?$/, 'AstericsGridProcessor'],
];

/** What the peer calls when it is asked for this file: a name and functions, for pages and for a log. */
export function reader(file) {
  const name = READERS.find(([ends]) => ends.test(file))?.[1];
  if (/history\.sqlite$/.test(file)) return { name: 'readGrid3History', log: () => logs.readGrid3History(file) };
  if (/\.obl$/.test(file)) return { name: 'OblUtil', log: () => OblUtil.toHistoryEntries(OblUtil.parse(readFileSync(file, 'utf8'))) };
  const pages = () => (name ? new peer[name](ALL) : peer.getProcessor(file)).loadIntoTree(file);
  return name === 'SnapProcessor' ? { name, pages, log: () => logs.readSnapUsage(file) } : { name, pages };
}

/** Everything that the peer can tell of the file. */
export async function whole(file) {
  const { pages, log } = reader(file);
  return { tree: pages ? await pages() : { pages: {} }, entries: log ? await log() : [] };
}

const SAYS = /SPEAK|INSERT/;

/** The peer's reading in the plain form that truth.py prints; `kept` is the tree itself. */
export async function plain(file) {
  const { tree, entries } = await whole(file);
  const pages = Object.values(tree.pages);
  const names = new Map(pages.map((page) => [page.id, page.name]));
  const button = (one) => {
    const { intent = '', text = '' } = one.semanticAction ?? {};
    const target = one.targetPageId ?? one.semanticAction?.targetId;
    return {
      label: one.label ?? '',
      spoken: (one.message?.trim() ? one.message : text) || null,
      // A button that it takes for one that clears or goes somewhere has a message too; it does not tell whether that is said.
      perhaps: intent !== '' && !SAYS.test(intent),
      hidden: one.visibility === 'Hidden',
      opens: names.get(target) ?? null,
    };
  };
  const events = entries.flatMap(({ content, occurrences }) => occurrences.map(({ timestamp, modeling }) => ({
    text: content, at: Number.isNaN(+timestamp) ? null : timestamp.toISOString(), modelled: modeling ?? null,
  })));
  return { pages: pages.map((page) => ({ name: page.name, buttons: page.buttons.map(button) })), events, kept: tree };
}

/** Two pages as the peer itself writes them, once in each of the formats that it knows; and what they were made to hold. */
export async function written(folder) {
  const button = (label, spoken, more = {}) => ({ label, spoken, hidden: false, opens: null, ...more });
  const pages = [
    { name: 'Home', buttons: [button('yes', 'Yes, please'), button('stop', 'Stop that', { hidden: true }), button('school', 'my school', { opens: 'School' })] },
    { name: 'School', buttons: [button('too loud', 'It is too <loud> & "bright"'), button('friend', 'friend')] },
  ];
  const tree = new peer.AACTree();
  for (const { name, buttons } of pages) {
    const made = buttons.map(({ label, spoken, hidden, opens }, x) => {
      const semanticAction = opens ? { category: 'navigation', intent: 'NAVIGATE_TO', targetId: opens } : { category: 'communication', intent: 'SPEAK_TEXT', text: spoken };
      return new peer.AACButton({ id: `${name}${x}`, label, message: spoken, targetPageId: opens ?? undefined, visibility: hidden ? 'Hidden' : 'Visible', semanticAction, x, y: 0 });
    });
    tree.addPage(new peer.AACPage({ id: name, name, grid: [made], buttons: made }));
  }
  const files = [];
  for (const ends of peer.getSupportedExtensions()) {
    const file = join(folder, `written${ends}`);
    const problem = await Promise.resolve().then(() => peer.getProcessor(ends).saveFromTree(tree, file)).then(() => '', (error) => error.message);
    files.push({ file, problem });
  }
  return { files, truth: { pages, events: [] } };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const { pages, events } = await plain(process.argv[2]);
  process.stdout.write(JSON.stringify({ pages, events }));
}
