// How a colleague signs in: name and password, then a code that works once.
import { mainForm, press, pressEmpty, submit } from './person.mjs';
import { totp } from './totp.mjs';

/** Signs in, looking at each step. A code works once, so whoever has just used one stops at the second step. */
export async function signIn({ page, open, look }, { email, password, secret, mayUseCode }) {
  await open('/staff/sign-in');
  await pressEmpty(page, mainForm(page));
  await look('signing in with nothing');
  await page.locator('main input[autocomplete=username]').fill(email);
  await page.locator('main input[type=password]').fill(password);
  await press(page, submit(mainForm(page)));
  await look('the second step');
  await pressEmpty(page, mainForm(page));
  await look('the second step with nothing');
  await open('/staff/sign-in/recovery');
  await look('a recovery code');
  if (!mayUseCode) return;
  await open('/staff/sign-in/code');
  await freshCode(email);
  await page.locator('main input[autocomplete=one-time-code]').fill(totp(secret));
  await press(page, submit(mainForm(page)));
  await look('signed in');
}

/** Waits, if this person has used the code of this half minute already. */
async function freshCode(email) {
  const step = () => Math.floor(Date.now() / 30_000);
  while (usedCodes.get(email) === step()) await new Promise((later) => setTimeout(later, 500));
  usedCodes.set(email, step());
}

const usedCodes = new Map();
