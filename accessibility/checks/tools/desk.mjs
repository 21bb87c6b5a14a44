// A desk on which documents are laid one after another, so that the tools are loaded once and not for each document
// (loading them took longer than looking). A document without a script is the same here as where it came from: the same
// address, style sheet and Content-Security-Policy, and no script runs.
//
//   wide      1,280 by 800 px: axe, the IBM engine, layout
//   narrow    320 by 256 px, which is 1,280 by 1,024 at 400 %: layout
//   forced    the same in forced colours: layout
import { axe, axeFaults, timersThatFire } from './axe.mjs';
import { ibm, ibmFaults } from './ibm.mjs';
import { forcedFaults, layout, NARROW, narrowFaults, stillFaults, trapFaults, WIDE, wideFaults } from './layout.mjs';

const still = { javaScriptEnabled: false, reducedMotion: 'reduce', locale: 'en-GB', timezoneId: 'Europe/London' };

/** Runs in the page: another document in the same window. What the tools have put into the window stays. */
function lay({ html, path }) {
  history.replaceState(null, '', path);
  document.adoptedStyleSheets = [];
  document.open();
  document.write(html);
  document.close();
}

const styled = () => [...document.querySelectorAll('link[rel=stylesheet]')].every((link) => link.sheet);

/** Opens a desk at a page of a site. `spend` is told how long each part took. */
export async function openDesk(browser, start, spend = () => {}) {
  const place = async (more, tools) => {
    const context = await browser.newContext({ ...still, ...more });
    const page = await context.newPage();
    await page.goto(start);
    await page.evaluate([timersThatFire, ...tools].join('\n'));
    return page;
  };
  const wide = await place({ viewport: WIDE }, [axe, ibm, layout]);
  const narrow = await place({ viewport: NARROW }, [layout]);
  const forced = await place({ viewport: NARROW, forcedColors: 'active' }, [layout]);
  const timed = async (name, work) => {
    const from = performance.now();
    const found = await work();
    spend(name, performance.now() - from);
    return found;
  };

  let before = Promise.resolve();

  /** Everything that the tools say of one document, one after another; axe and the IBM engine only if they are asked. */
  function look(html, path, asked = true) {
    const mine = before.then(() => lookAt(html, path, asked));
    before = mine.catch(() => {});
    return mine;
  }

  async function lookAt(html, path, asked) {
    const found = [];
    const on = (page) => timed('lay', async () => {
      await page.evaluate(lay, { html, path });
      // Nothing in a page without JavaScript says that its style sheet has come.
      for (let tries = 0; !(await page.evaluate(styled)); tries += 1) {
        if (tries > 500) throw new Error(`the style sheet of ${path} did not come`);
        await new Promise((later) => setTimeout(later, 10));
      }
    });
    await on(narrow);
    found.push(...await timed('narrow', () => narrowFaults(narrow)));
    await on(forced);
    found.push(...await timed('forced', () => forcedFaults(forced)));
    await on(wide);
    found.push(...await timed('wide', () => wideFaults(wide)));
    if (!asked) return found;
    found.push(...await timed('axe', () => axeFaults(wide)));
    found.push(...await timed('ibm', () => ibmFaults(wide)));
    return found;
  }

  return { look, close: () => Promise.all([wide, narrow, forced].map((page) => page.context().close())) };
}

/** Looks at a page where it stands, because its script has changed it or may act. */
export async function lookWhereItStands(page) {
  await page.setViewportSize(NARROW);
  await page.evaluate([axe, ibm, layout].join('\n'));
  const found = [...await narrowFaults(page), ...await trapFaults(page), ...(await page.evaluate(() => window.looking.pointedAt())).map((fault) => `layout: ${fault}`)];
  await page.emulateMedia({ forcedColors: 'active' });
  found.push(...await forcedFaults(page));
  await page.emulateMedia({ forcedColors: 'none' });
  await page.setViewportSize(WIDE);
  return [...found, ...await wideFaults(page), ...await axeFaults(page), ...await ibmFaults(page)];
}

/** Looks at a page that is at work, at the size that it has, without touching anything. */
export async function lookInPassing(page) {
  if (!(await page.evaluate(() => Boolean(window.looking)))) await page.evaluate([axe, ibm, layout].join('\n'));
  return [...await stillFaults(page), ...await axeFaults(page), ...await ibmFaults(page)];
}
