// Journeys: keys that are pressed and words that are heard, step by step. Each stands in a file of `journeys/`.
//
//   # What it is, for people
//   as: nobody                        who begins it (people.mjs)
//   scripts: on                       on, off, or both; both unless it says so
//   browser: chromium                 where it can be heard; everywhere unless it says so
//   always: yes                       walked by `listen.mjs --walk always`, and not only with all the others
//   open /tell                        opens an address; its title must be said
//   press Tab                         presses a key, and hears what is said
//   press Tab until "Send this"       presses it again and again, until that is said
//   type some words                   types into what has the focus
//   clear                             empties the field that has the focus; what is said of that is not compared
//   go Return                         presses a key that leads to another page, whose title must be said
//   choose video.mp4                  chooses a file of tests/fixtures, or a size such as 3 MB of noise, for the page's file field
//   listen until "is safe"            listens until that is said
//   slow, fast, offline, online       what the line does from here on
//   remember code                     keeps the six words of the page; `type {code}` types them
//   press Tab until "x" quietly       the same, but what is said on the way is not compared: for long ways
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { later } from './desktop.mjs';
import { steady } from './expected.mjs';
import { codeOf } from './people.mjs';

const FOLDER = new URL('journeys/', import.meta.url);
const FIXTURES = new URL('../../tests/fixtures/', import.meta.url).pathname;
/** A way that is longer than this leads nowhere. */
const MOST_PRESSES = 60;

export function journeys() {
  return readdirSync(FOLDER).filter((file) => file.endsWith('.steps')).sort().map((file) => {
    const lines = readFileSync(new URL(file, FOLDER), 'utf8').split('\n').map((line) => line.trim()).filter(Boolean);
    const set = (name) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    return {
      name: file.replace('.steps', ''),
      title: lines[0].replace(/^# /, ''),
      as: set('as') ?? 'nobody',
      scripts: set('scripts') ?? 'both',
      browser: set('browser') ?? 'both',
      always: set('always') === 'yes',
      steps: lines.filter((line) => !line.startsWith('#') && !/^(as|scripts|browser|always): /.test(line)),
    };
  });
}

/** The steps of a journey's expected lines, each with what should be heard after it. */
function stepsOf(lines) {
  const steps = [];
  for (const line of lines ?? []) {
    if (line.startsWith('> ')) steps.push([]);
    else steps.at(-1)?.push(line);
  }
  return steps;
}

/** Walks a journey, and gives its steps, each with what was heard. `should` is what is expected of it. */
export async function walk(journey, should, { ear, browser, desktop }, { service, code }) {
  const wanted = stepsOf(should);
  const lines = [];
  let words = code;
  const clean = (said) => said.map((text) => steady(text, words?.split(' '))).filter(Boolean);

  /** What is said after a page came cannot be compared word for word; that its title was said can. */
  async function came(from) {
    const title = await browser.run('document.title');
    const said = ear.texts(from);
    const heard = [`Title: ${steady(title)}`];
    if (!said.some((text) => text.includes(title))) heard.push('(the title was not said)');
    const focused = await browser.run('document.activeElement && document.activeElement !== document.body');
    if (focused) return heard.concat(clean(await ear.press('KP_Enter')));
    await desktop.press('ctrl+Home');
    await ear.settle();
    return heard;
  }

  /** Where nobody presses a key, whatever is cut off is cut off by the page. */
  const cutOff = (from) => desktop.spoken().slice(from).filter(({ text, heard }) => heard < text.length)
    .map(({ text, heard }) => `(cut off after ${heard} of ${text.length} characters: ${steady(text)})`);

  const verbs = {
    async open(path) {
      const from = ear.heard();
      await ear.open(service.origin + path);
      return came(from);
    },
    async press(rest, should) {
      const [, key, until, quietly] = rest.match(/^(\S+)(?: until "([^"]+)")?( quietly)?$/);
      if (!until) return clean(await ear.press(key, should));
      const all = [];
      for (let presses = 0; presses < MOST_PRESSES; presses += 1) {
        const said = clean(await ear.press(key));
        all.push(...said);
        if (said.some((text) => text.includes(until))) return quietly ? said : all;
      }
      throw new Error(`“${until}” was not said in ${MOST_PRESSES} presses of ${key}; heard: ${all.slice(-MOST_PRESSES).join(' | ')}`);
    },
    async type(text) {
      const from = ear.heard();
      await desktop.type(text.replace('{code}', words ?? '').replace('{sign-in code}', () => codeOf(service, 'inspector')).replace('{password}', service.demo.match(/Password of all made-up staff: (\S+)/)[1]));
      await ear.settle({ first: 500, quiet: 400 });
      return clean(ear.texts(from));
    },
    async clear() {
      // Orca says either what was selected or that everything was, as chance has it.
      await ear.press('ctrl+a');
      await ear.press('BackSpace');
      return [];
    },
    async go(key) {
      const from = ear.heard();
      const loads = browser.loads();
      await desktop.press(key);
      await ear.arrived(from, loads);
      return came(from);
    },
    async choose(what, should) {
      const size = what.match(/^(\d+) MB$/)?.[1];
      let file = join(FIXTURES, what);
      if (size) {
        file = join(desktop.home, 'My long film.mp4');
        mkdirSync(desktop.home, { recursive: true });
        writeFileSync(file, Buffer.concat([readFileSync(join(FIXTURES, 'video.mp4')), Buffer.alloc(Number(size) << 20, 7)]));
      }
      const from = ear.heard();
      await browser.choose('main input[type=file]', [file]);
      await ear.settle({ first: should?.length ? 4000 : 1500, quiet: 700 });
      return [...clean(ear.texts(from)), ...cutOff(from)];
    },
    async listen(rest) {
      const [, words_] = rest.match(/^until "([^"]+)"$/);
      const from = ear.heard();
      for (const began = Date.now(); Date.now() - began < 60_000; await later(100)) {
        const said = clean(ear.texts(from));
        if (!said.some((text) => text.includes(words_))) continue;
        return [said.find((text) => text.includes(words_)), ...cutOff(from)];
      }
      throw new Error(`“${words_}” was not said within a minute; heard: ${clean(ear.texts(from)).join(' | ')}`);
    },
    // The slower the voice, the slower the line, so that as much is said on the way.
    slow: async () => { await browser.speed(300_000 / (1 + desktop.slow / 20)); return []; },
    fast: async () => { await browser.speed(-1); return []; },
    offline: async () => { await browser.offline(true); return []; },
    online: async () => { await browser.offline(false); return []; },
    async remember() {
      words = (await browser.run('[...document.querySelectorAll(".code-words li")].map((word) => word.textContent.trim())')).slice(0, 6).join(' ');
      return [];
    },
  };

  for (const [at, step] of journey.steps.entries()) {
    const [verb, ...rest] = step.split(' ');
    const heard = await verbs[verb](rest.join(' '), wanted[at]).catch((error) => {
      throw new Error(`at “${step}”: ${error.message}`);
    });
    lines.push(`> ${step}`, ...heard);
  }
  return lines;
}
