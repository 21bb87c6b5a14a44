// axe: every rule that it has, those that are experimental, best practice or AAA too. What is left out stands here.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The script to put into a page. */
export const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** With JavaScript off no timer ever fires, and the tools wait for one. Nothing of the page itself runs either way. */
export const timersThatFire = `
  window.setTimeout = (act, _time, ...rest) => { Promise.resolve().then(() => act(...rest)); return 1; };
  window.requestAnimationFrame = (act) => window.setTimeout(act);`;

/** Rules that say something wrong about our pages, and why. */
export const leftOut = {};

const rules = Object.fromEntries(require('axe-core').getRules()
  .filter(({ tags }) => !tags.includes('deprecated'))
  .map(({ ruleId }) => [ruleId, { enabled: !(ruleId in leftOut) }]));

/** What axe finds in a page that has its script. */
export async function axeFaults(page) {
  const options = { preload: false, resultTypes: ['violations'], rules };
  const results = await page.evaluate((given) => window.axe.run(document, given), options);
  return results.violations.flatMap((violation) =>
    violation.nodes.map((node) => `axe ${violation.id}: ${violation.help}: ${node.html.slice(0, 200)}`));
}
