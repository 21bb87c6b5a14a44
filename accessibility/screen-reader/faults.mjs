// The seeded faults that can be heard: with the fault something is missing in what is said, and in the same page without it
// (`accessibility/faults/right/`) it is there. A listener that hears everything, or nothing, would be no proof.
import { rows, serveFaults } from '../faults/serve.mjs';

/** Whether these words are said one after the other, with whatever else between them. */
function saidInOrder(said, words) {
  const all = said.join(' ').replace(/\s+/g, ' ').toLowerCase();
  let from = 0;
  return words.every((one) => {
    const at = all.indexOf(one.toLowerCase(), from);
    from = at + one.length;
    return at >= 0;
  });
}

async function saidOf({ ear, desktop }, url, steps) {
  const arriving = await ear.open(url);
  if (!steps) {
    const read = await ear.readAll() ?? [];
    await desktop.press('Control_L');
    return [...arriving, ...read];
  }
  await desktop.press('ctrl+Home');
  await ear.settle();
  const said = [];
  for (const key of steps) said.push(...await ear.press(key));
  await ear.settle({ first: 1500, quiet: 800 });
  return said;
}

const line = (said) => said.join(' | ');

/** Serves the folder of faults. `hear` gives what is to be heard; `caught` is told which faults were. */
export async function faultsToHear() {
  const { origin, stop } = await serveFaults();
  const hear = (caught) => rows().filter(({ expect }) => expect).map(({ file, fault, caught_by: by, steps, expect }) => {
    let heard = false;
    return {
      kind: 'seeded faults',
      name: `faults/${file}`,
      title: fault,
      should: ['the right page says it', ...by.includes('screen-reader') ? ['the page with the fault does not'] : []],
      async hear(listening) {
        const right = await saidOf(listening, `${origin}/right/${file}`, steps);
        const wrong = await saidOf(listening, `${origin}/${file}`, steps);
        const missing = !saidInOrder(wrong, expect);
        heard = saidInOrder(right, expect) && missing;
        const lines = [saidInOrder(right, expect) ? 'the right page says it' : `the right page should say “${expect.join('”, “')}”; it says ${line(right)}`];
        if (by.includes('screen-reader')) lines.push(missing ? 'the page with the fault does not' : `the page with the fault says ${line(wrong)}`);
        return lines;
      },
      passed: () => { if (heard) caught(file); },
    };
  });
  return { hear, stop };
}
