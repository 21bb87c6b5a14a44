// What a person who listens does: waits until a page is there, presses a key, hears what is said, has the page read.
import { later, until } from './desktop.mjs';

/** Where these lines stand, one after the other; -1 if nowhere. */
function runOf(lines, run) {
  return lines.findIndex((_, at) => run.every((text, more) => lines[at + more] === text));
}

/** Words as they are compared here: whether somebody was at the end of a link before is no matter. */
const line = (text) => text.replace(/\bvisited link\b/g, 'link').replace(/\s+/g, ' ').trim();

export function ear(desktop, browser) {
  const { spoken } = desktop;
  const texts = (from) => spoken().slice(from).map(({ text }) => text);

  /** Waits until nothing was said for `quiet` milliseconds; or, where nothing is said at all, for `first`. */
  async function settle({ first = 1000, quiet = 450, most = 8000, enough = () => false } = {}) {
    const from = Date.now();
    let count = spoken().length;
    let last = 0;
    while (Date.now() - from < most) {
      await later(30);
      const now = spoken().length;
      if (now !== count || desktop.speaking()) { count = now; last = Date.now(); }
      if (enough()) return;
      if (last ? Date.now() - last > quiet : Date.now() - from > first) return;
    }
  }

  /** After a page was asked for: waits until it is there, and until the screen reader has said so. */
  async function arrived(from, loads) {
    await until(() => browser.loads() > loads, 30, 'no new page came');
    // The page before this one may be said to be there only now: that is another title.
    const title = line(await browser.run('document.title'));
    await until(() => texts(from).some((text) => text.startsWith('Finished loading') && line(text).includes(title)), 6, '').catch(() => {});
    await settle({ first: 700, quiet: 500, most: 10_000 });
  }

  return {
    settle, texts,
    heard: () => spoken().length,
    arrived,
    /**
     * The first time that the words of a page are asked for, Chromium builds the tree of that page anew, and says a second time
     * that it is there. A page that nobody compares takes that.
     */
    async wake() {
      const from = spoken().length;
      await this.open('data:text/html,<title>Awake</title><main><h1>Awake</h1><p>Some words, and <a href="">a link</a>.</p></main>');
      await desktop.press('KP_Add');
      const there = () => texts(from).filter((text) => text.startsWith('Finished loading Awake')).length;
      await until(() => there() > 1, 8, '').catch(() => {});
      await settle();
      await desktop.press('Control_L');
    },
    async open(url) {
      // Whoever pressed Tab past the end of a page is among the browser's own buttons; F6 leads from there to the page.
      for (let tries = 0; tries < 8 && !(await browser.run('document.hasFocus()')); tries += 1) {
        await desktop.press('F6');
        await settle({ first: 400, quiet: 300 });
      }
      const from = spoken().length;
      const loads = browser.loads();
      await browser.open(url);
      await arrived(from, loads);
      return texts(from);
    },
    /**
     * Has a page read from its top: to its last words, or to where these lines are said, which are then left out. None if
     * the screen reader stopped on the way, as it does now and then when the machine has much else to do.
     */
    async readAll(stop) {
      const end = line(await browser.run('(document.querySelector("footer") ?? document.body).innerText.trim().split("\\n").pop()'));
      await desktop.press('ctrl+Home');
      await settle({ first: 700, quiet: 300 });
      const from = spoken().length;
      await desktop.press('KP_Add');
      const stoppedAt = () => stop ? runOf(texts(from).map(line), stop) : -1;
      const over = () => stop ? stoppedAt() >= 0 : end && line(texts(from).slice(-3).join(' ')).includes(end);
      await settle({ first: 8000, quiet: 5000, most: 120_000, enough: over });
      if (!over()) return null;
      if (stop) return texts(from).slice(0, stoppedAt());
      await settle({ first: 250, quiet: 250, most: 2000 });
      return texts(from);
    },
    async press(key, wanted) {
      const from = spoken().length;
      await desktop.press(key);
      const right = () => wanted?.length && texts(from).join('\n') === wanted.join('\n');
      await settle({ first: wanted?.length ? 3000 : 900, quiet: wanted?.length ? 1500 : 500, enough: right });
      // Whatever comes on top of what was wanted is a difference too.
      if (right()) await later(200);
      return texts(from);
    },
  };
}
