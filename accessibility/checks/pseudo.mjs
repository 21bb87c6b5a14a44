// A made-up translation, so that pages can be looked at as they are in a language that runs from right to left: every
// word of English becomes a word of Arabic letters of about the same length. Nobody could read it, and it is never
// shipped: it is made for one run, in a temporary folder.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ENGLISH = new URL('../../assets/words/en/', import.meta.url);
const LETTERS = 'ابتثجحخدرزسشصضطعغفقكلمنهوي';

/** These stay in English, so that a run also sees what is not translated yet. */
export const notTranslated = ['help.toml', 'about.toml'];

/** Makes the folder of one language, and gives the folder that HEARD_WORDS names. */
export function pseudo(folder, tag) {
  const ours = join(folder, tag);
  mkdirSync(ours, { recursive: true });
  writeFileSync(join(ours, 'language.toml'), '[language]\nown = "لغة للتجربة"\ndirection = "rtl"\n');
  for (const name of readdirSync(ENGLISH).filter((file) => file.endsWith('.toml') && !notTranslated.includes(file))) {
    writeFileSync(join(ours, name), translated(readFileSync(new URL(name, ENGLISH), 'utf8')));
  }
  return folder;
}

/** A words file with other words: names of pictures, places such as {number}, and addresses stay. */
export function translated(text) {
  const words = text.split('\n').filter((line) => !line.startsWith('#')).join('\n');
  return words.replace(/(picture\s*=\s*)?("""[^]*?"""|"(?:[^"\\]|\\.)*")/g, (all, picture, value) => (
    picture ? all : value.replace(/\{[^}]*\}|\]\([^)]*\)|\S+@\S+|https?:\S+|\\.|[A-Za-z]+/g, (part) => (
      /^[A-Za-z]+$/.test(part) ? [...part].map((letter) => LETTERS[(letter.charCodeAt(0) * 7) % LETTERS.length]).join('') : part
    ))
  ));
}
