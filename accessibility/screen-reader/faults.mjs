// The seeded faults that can be heard: with the fault something is missing in what is said, and in the same page without it
// (`accessibility/faults/right/`) it is there. A listener that hears everything, or nothing, would be no proof.
import { rows, serveFaults } from '../faults/serve.mjs';

/** Serves the folder of faults, and gives what is to be heard. */
export async function faultsToHear() {
  return { rows: rows().filter(({ expect }) => expect), ...await serveFaults() };
}

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

/** Listens to one fault and to its right twin. Gives what is wrong with that, and whether the fault was heard. */
export async function hearFault(listening, origin, { file, fault, caught_by: by, steps, expect }) {
  const right = await saidOf(listening, `${origin}/right/${file}`, steps);
  const wrong = await saidOf(listening, `${origin}/${file}`, steps);
  const caught = saidInOrder(right, expect) && !saidInOrder(wrong, expect);
  const problems = [];
  if (!saidInOrder(right, expect)) problems.push(`right/${file}: “${expect.join('”, “')}” should be said; said was: ${right.join(' | ')}`);
  if (by.includes('screen-reader') && !caught) problems.push(`${file} (${fault}) is not heard; said was: ${wrong.join(' | ')}`);
  return { caught, problems };
}
