// Reads: everything that a page says, from its top to its last words.
import { steady } from './expected.mjs';

/** What stands at the top and at the end of every page is read whole once for each of these; else only what is between. */
const WHOLE = ['/', '/tell', '/sent', '/own', '/staff'];

export const nameOf = (template) => template.replace(/^\//, '').replace(/[^a-z0-9]+/gi, '-').replace(/-$/, '') || 'start';

/** Where a page is not read to its end, because what follows is another at every run. */
const ENDS_SOONER = {
  '/staff/audit': ['row 2', 'column 5'],
  '/staff/items/{id}/custody': ['Who opened it', 'heading level 2'],
};

/** Opens a page as somebody, and gives what was said of it. */
export async function read(listening, origin, { template, path }) {
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const said = await readOnce(listening, origin + path, template);
    if (said) return said;
    // Counted and printed, never hidden.
    listening.stalled(`${template}, try ${tries}`);
  }
  return ['(the screen reader stopped on the way)'];
}

const MOST_TRIES = 3;

async function readOnce({ ear, browser, desktop }, url, template) {
  await ear.open(url);
  const { title, codes, first } = await browser.run(`({
    title: document.title,
    codes: [...document.querySelectorAll(".code-words li")].map((word) => word.textContent.trim()),
    first: document.querySelector("main .back a, main h1").textContent.replace(/\\s+/g, " ").trim(),
  })`);
  const whole = WHOLE.includes(template);
  const said = await ear.readAll(ENDS_SOONER[template] ?? (whole ? null : await stopsAt(browser)));
  await desktop.press('Control_L');
  if (!said) return null;
  const lines = said.map((text) => steady(text, codes)).filter(Boolean);
  // The title is said when a page comes; sometimes again, while it is being read.
  const fresh = lines.filter((text) => !text.startsWith('Finished loading') && !/^Page has \d/.test(text));
  const from = whole ? 0 : fresh.findIndex((text) => text.startsWith(first) || text === 'main content');
  return [`Title: ${steady(title, codes)}`, ...fresh.slice(Math.max(0, from))];
}

/** The words with which the end of every page begins. */
function stopsAt(browser) {
  return browser.run(`(() => {
    const words = (one) => one.textContent.replace(/\\s+/g, ' ').trim();
    const finish = document.querySelector('#finish-title');
    if (finish) return [words(finish)];
    const links = [...document.querySelectorAll('footer a')].slice(0, 2).map(words);
    if (links.length) return links.length > 1 ? [links[0], 'link', links[1]] : [links[0], 'link'];
    return [words(document.querySelector('footer p'))];
  })()`);
}
