// What a person does with a form: fills it in, leaves it empty, presses its button.

const WORDS = 'We waited two years <b>&amp; nobody</b> asked. עברית 🙂';

/** Presses a button and waits for the page that comes. */
export async function press(page, button) {
  await Promise.all([page.waitForEvent('framenavigated'), button.click({ noWaitAfter: true })]);
  await page.waitForLoadState('load');
}

/** Presses a form's first button with everything as the page gave it; the browser's own checks do not stand in the way. */
export async function pressEmpty(page, form) {
  await press(page, form.locator('button[type=submit], button:not([type]), input[type=submit]').first());
}

/** The form that a page is about. */
export function mainForm(page) {
  return page.locator('main form[method=post]').first();
}

/** A form's first button. */
export function submit(form) {
  return form.locator('button[type=submit], button:not([type]), input[type=submit]').first();
}

/** Starts telling. */
export async function begin({ page, open }) {
  await open('/');
  await press(page, page.locator('form[action="/begin"] button').first());
}

/** Fills in every field of a form with something that fits. */
export async function fill(form) {
  for (const field of await form.locator('input, select, textarea').all()) {
    const kind = await field.evaluate((element) => ({
      type: element.tagName === 'INPUT' ? element.type : element.tagName.toLowerCase(),
      first: element.type !== 'radio' || element === element.form.elements[element.name]?.[0] || !element.form.elements[element.name]?.length,
      label: element.labels?.[0]?.textContent ?? '',
      seen: element.offsetParent !== null,
      folded: element.closest('details:not([open])') !== null,
    }));
    if (kind.folded) continue;
    if (!kind.seen && !['radio', 'checkbox'].includes(kind.type)) continue;
    switch (kind.type) {
      case 'hidden': case 'submit': case 'button': case 'file': case 'password': break;
      case 'radio': if (kind.first) await field.check({ force: true }); break;
      case 'checkbox': await field.check({ force: true }); break;
      case 'select': await field.selectOption({ index: 1 }).catch(() => {}); break;
      case 'email': await field.fill('someone@example.org'); break;
      case 'tel': await field.fill('020 7946 0000'); break;
      default: await field.fill(fitting(kind.label)); break;
    }
  }
}

function fitting(label) {
  const known = [[/day/i, '2'], [/month/i, '3'], [/year/i, '2025'], [/e-?mail/i, 'someone@example.org'], [/phone|number/i, '020 7946 0000']];
  return known.find(([pattern]) => pattern.test(label))?.[1] ?? WORDS;
}
