// The IBM Equal Access engine: what it calls a failure, and what it calls a potential one. Rules that ask a person a
// question, and what here answers it, stand in ibm_left_out.mjs; everything else counts.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { leftOut } from './ibm_left_out.mjs';

const source = readFileSync(createRequire(import.meta.url).resolve('accessibility-checker-engine/ace.js'), 'utf8');

/** The script to put into a page. */
export const ibm = `${source}\nwindow.ace = ace;`;

/** Runs in the page. Every `details` is open meanwhile: what is folded away is looked at too. */
const check = async (leave) => {
  const folded = [...document.querySelectorAll('details:not([open])')];
  for (const details of folded) details.open = true;
  const checker = (window.ibmChecker ??= new window.ace.Checker());
  if (!checker.rulesetRules.Heard) {
    const all = checker.getGuidelines().find(({ id }) => id === 'IBM_Accessibility');
    const checkpoints = all.checkpoints.map((point) => ({ ...point, rules: (point.rules ?? []).filter(({ id }) => !leave.includes(id)) }));
    checker.addGuideline({ ...all, id: 'Heard', checkpoints });
  }
  const report = await checker.check(document, ['Heard']);
  for (const details of folded) details.open = false;
  return report.results.filter(({ value }) => value[1] !== 'PASS')
    .map(({ ruleId, value, message, snippet }) => ({ ruleId, kind: value.join(' '), message, snippet }));
};

/** What the engine finds in a page that has its script. */
export async function ibmFaults(page) {
  const results = await page.evaluate(check, leftOut.filter(({ where }) => !where).map(({ rule }) => rule));
  const counts = ({ ruleId, snippet }) => !leftOut.some(({ rule, where }) => rule === ruleId && snippet.includes(where));
  return results.filter(counts).map(({ ruleId, kind, message, snippet }) => `ibm ${ruleId} (${kind}): ${message}: ${snippet.slice(0, 200)}`);
}
