// What a family sends through the form, and a member of staff who reads it, in one window of Chromium.
import { chromium } from 'playwright-core';
import { area } from './lives.mjs';
import { begin, press } from './person.mjs';
import { signIn } from './signing_in.mjs';

/**
 * Sends files from Northvale, some at a time, and then signs in as the lead. Gives the page, the reference of what was sent, a way to wait
 * until its page holds something, and what closes the browser.
 */
export async function sentAndRead(service, filesInTurn) {
  const browser = await chromium.launch({
    executablePath: process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-background-networking', '--disable-component-update'],
  });
  const context = await browser.newContext({ locale: 'en-GB' });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  const walk = { page, open: (path) => page.goto(service.origin + path), look: async () => {} };
  await begin(walk);
  await area(walk, 'Northvale', 'lives');
  for (const files of filesInTurn) {
    await walk.open('/tell/evidence');
    await page.locator('form[action="/tell/evidence"] input[type=file]').setInputFiles(files);
    await page.waitForFunction((many) => document.querySelectorAll('[data-sending] li[data-now=here]').length === many, files.length);
  }
  await walk.open('/tell/check');
  await press(page, page.locator('form[action="/tell/send"] button').first());
  const [reference] = (await page.locator('main').innerText()).match(/HRD-\w{4}-\w{4}/);
  const [, password] = service.demo.match(/Password of all made-up staff: (\S+)/);
  const [, secret] = service.demo.match(/makes codes: (\S+)/);
  await context.clearCookies();
  await signIn(walk, { email: 'lead@demo.invalid', password, secret, mayUseCode: true });

  /** Opens the submission's page again and again, until `many` of something are on it. */
  async function until(selector, many = 1, seconds = 120) {
    for (const began = Date.now(); ; await new Promise((later) => setTimeout(later, 1000))) {
      await walk.open(`/staff/submissions/${reference}`);
      if (await page.locator(selector).count() >= many) return;
      if (Date.now() - began > seconds * 1000) throw new Error(`no ${selector}:\n${service.log().slice(-2000)}`);
    }
  }
  return { page, open: walk.open, reference, until, close: () => browser.close() };
}
