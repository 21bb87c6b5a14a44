// What may be wrong with one page as it stands in the browser: axe, the HTML itself, its width, what it loads, and what
// the browser complains about. Each fault is one line that says where and what.
import { axe, timersThatFire } from './tools/axe.mjs';

export { htmlFaults } from './tools/markup.mjs';

/** Every axe rule but those that are experimental; best practices too. */
export async function axeFaults(page, javaScript) {
  await page.evaluate((javaScript ? '' : timersThatFire) + axe);
  const results = await page.evaluate(() => window.axe.run(document, { preload: false, resultTypes: ['violations'] }));
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `axe ${violation.id}: ${violation.help}: ${node.html.slice(0, 200)}`));
}

export async function widthFaults(page) {
  const { content, window: shown, widest } = await page.evaluate(() => {
    const shown = document.documentElement.clientWidth;
    const wide = [...document.querySelectorAll('body *')]
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
      .filter(({ box }) => box.right > shown + 1 || box.left < -1)
      .map(({ element }) => element.outerHTML.slice(0, 120));
    return { content: document.documentElement.scrollWidth, window: shown, widest: wide[0] ?? '' };
  });
  return content > shown + 1 ? [`scrolls sideways: ${content} px in a window of ${shown}: ${widest}`] : [];
}

/** Collects what a browser complains about, and every request that goes anywhere else, while pages are open. */
export function listen(context, origin) {
  const heard = [];
  context.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) heard.push(`console ${message.type()}: ${message.text()}`);
  });
  context.on('weberror', (error) => heard.push(`script error: ${error.error()}`));
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith('data:') && !url.startsWith('blob:') && !url.startsWith('about:')) {
      heard.push(`a request to another host: ${url}`);
    }
  });
  return { take: () => heard.splice(0) };
}
