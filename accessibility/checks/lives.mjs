// Twelve people and what each of them does: from the first page to what an inspector reads. All of them are made up.
//
// Each life is walked with JavaScript off and on. It says what its person tells, what they must see on the way, and what
// must, and must never, stand on the inspector's page. The steps between are here once, for all.
import { readFileSync } from 'node:fs';
import { begin, mainForm, press, pressEmpty, submit } from './person.mjs';
import { signIn } from './signing_in.mjs';

const fixture = (name) => readFileSync(new URL(`../../tests/fixtures/${name}`, import.meta.url));
const child = 'child_or_young_person';

const LIVES = [
  {
    name: 'Kit, by eye pointing, with an advocate',
    who: { role: 'advocate', about: 'one', age: '5_11', methods: ['symbols', 'eye_pointing'], helped: 'yes' },
    area: 'Exampleshire',
    files: [
      { name: 'kit board + log.obz', from: 'boards.obz', is: { whose: child, reached: 'aac', language: 'en', assent: 'yes', 'assent-how': 'With symbols for yes and no, on two days.' } },
      { name: 'kit words.obl', from: 'said.obl', is: { whose: child, reached: 'aac', language: 'en', assent: 'yes' } },
      { name: 'kit message.mov', from: 'video.mov', is: { whose: child, reached: 'aac', assent: 'yes' } },
      { name: 'talker voice.wav', from: 'voice.wav', is: { whose: child, reached: 'aac', assent: 'yes' } },
    ],
    writing: [
      { text: 'school good. friend Sam good. want talk more. talker broke. wait. wait. wait. new talker no. sad.', is: { whose: child, reached: 'aac', language: 'en', assent: 'yes' } },
      { text: 'Kit made this message over four short sessions. I wrote nothing for Kit. The repair took 19 weeks.', is: { whose: 'advocate', reached: 'written', language: 'en' } },
    ],
    pages: { '/tell/how': { asked_by: 'advocate', suggested: 'no', ai: 'no' }, '/tell/permission': { quote: 'yes', reply: 'yes' } },
    // Nobody corrects Kit's words, and the advocate's never pass for Kit's.
    inspector: {
      reads: ['talker broke. wait. wait. wait. new talker no. sad.', 'The child or young person’s own words. With a communication aid', 'Advocate’s words. Not the child’s own words. Written', 'With symbols for yes and no, on two days.', 'Eye pointing', 'An advocate, a charity or a group'],
    },
  },
  {
    name: 'a parent who waited 30 weeks',
    who: { role: 'parent', about: 'one', age: '5_11', methods: ['writing'] },
    area: 'Northvale',
    files: [
      { name: 'IMG_4471.HEIC', from: 'photo.heic', is: { what: 'A letter from the council', whose: 'parent', reached: 'written', assent: 'not_asked' } },
      { name: 'Final plan letter (31 March).pdf', from: 'scanned.pdf', is: { whose: 'professional', reached: 'written' } },
    ],
    writing: [{ text: 'I rang the council every week. Nobody rang back.\n\nThe speech therapist was brilliant when we got her. More of that please.', is: { whose: 'parent', reached: 'written', language: 'en' } }],
    dates: [
      { rule: 'assessment_decision', 'asked-day': '2', 'asked-month': '9', 'asked-year': '2025', outcome: 'yes', 'answered-day': '20', 'answered-month': '11', 'answered-year': '2025' },
      { rule: 'final_plan', 'asked-day': '2', 'asked-month': '9', 'asked-year': '2025', outcome: 'yes', 'answered-day': '31', 'answered-month': '3', 'answered-year': '2026', 'how-known': 'I have the letter.' },
    ],
    pages: { '/tell/permission': { quote: 'yes' }, '/tell/contact': { way: 'email', safe: 'yes', address: 'parent@example.org' } },
    sees: ['This took 30 weeks. The limit is usually 20 weeks.', 'This took 11 weeks and 2 days. The limit is usually 6 weeks.'],
    inspector: { reads: ['This took 30 weeks. The limit is usually 20 weeks.', 'I have the letter.', 'Parent’s words. Not the child’s own words.'] },
  },
  {
    name: 'a young person at work, by voice',
    who: { role: 'young_person', about: 'me', age: '18_25', methods: ['speech'], helped: 'yes' },
    area: 'Exampleshire',
    files: [{ name: 'New Recording 12.m4a', from: 'voice.m4a', is: { whose: child, reached: 'said', language: 'en', assent: 'yes' } }],
    writing: [{ text: 'Here they asked me. I said plants. I feel proud. I want other people to have this.', is: { whose: child, reached: 'written', assent: 'yes' } }],
    pages: { '/tell/permission': { quote: 'yes' }, '/tell/contact': { way: 'text', safe: 'yes', address: '07700 900123' } },
    inspector: { reads: ['The child or young person’s own words. Said', 'I feel proud.', 'Young person'] },
  },
  {
    name: 'a foster carer, two councils',
    who: { role: 'foster_or_kinship_carer', about: 'one', age: '12_15', methods: ['writing'] },
    area: 'Exampleshire',
    responsible: 'Eastmere',
    secret_home: true,
    writing: [{ text: 'He lives with us. Each council says the other one should pay. He thinks it is his fault. It is not.', is: { whose: 'carer', reached: 'written', assent: 'yes', 'assent-how': 'We talked about it together.' } }],
    pages: { '/tell/permission': { quote: 'no', reply: 'yes', decides: 'council', more: 'Please do not use his name or the name of our town.' }, '/tell/contact': { way: 'phone', safe: 'yes', address: '020 7946 0000', more: 'After 7pm only.' } },
    sees: ['Please do not use his name or the name of our town.', 'People must not find out where this child lives'],
    // A lead reads this; what an inspector must not see stands in tests/service/looked_after.rs.
    inspector: { reads: ['People must not find out where this child lives. Only leads and safeguarding see the place.', 'Eastmere (responsible council)', 'Please do not use his name or the name of our town.', 'After 7pm only.', 'Carer’s words. Not the child’s own words.'] },
  },
  {
    name: 'a Deaf young person, in sign',
    who: { role: 'young_person', about: 'me', age: '16_17', methods: ['bsl'] },
    area: 'Northvale',
    files: [{ name: 'VID_20260514_171203.mp4', from: 'silent.mp4', is: { whose: child, reached: 'signed', language: 'bfi', assent: 'yes' } }],
    pages: { '/tell/permission': { quote: 'yes', reply: 'yes' }, '/tell/contact': { way: 'text', safe: 'yes', address: '07700 900123', more: 'Video relay or text. Never a voice call.' } },
    sees: ['British Sign Language'],
    never: ['no sound', 'silent'],
    inspector: { reads: ['The child or young person’s own words. Signed', 'Needs an interpreter: British Sign Language', 'Never a voice call.'], to_translate: true },
  },
  {
    name: 'a family that writes Urdu',
    who: { role: 'parent', about: 'one', age: '0_4', methods: ['speech', 'writing'], helped: 'yes' },
    area: 'Eastmere',
    files: [{ name: 'PTT-20260127-WA0003.opus', from: 'voice-note.ogg', is: { whose: 'parent', reached: 'said', language: 'ur', assent: 'could_not_tell' } }],
    writing: [{ text: 'میرا بیٹا تین سال کا ہے۔ وہ دیکھ نہیں سکتا۔ ہمیں سب خط انگریزی میں ملتے ہیں۔', is: { whose: 'parent', reached: 'read_out_or_interpreted', by: 'sibling', language: 'ur' } }],
    pages: { '/tell/permission': { quote: 'yes', reply: 'yes' }, '/tell/contact': { way: 'phone', safe: 'yes', address: '020 7946 0000', more: 'With an interpreter (Urdu).' } },
    sees: ['وہ دیکھ نہیں سکتا۔'],
    inspector: { reads: ['میرا بیٹا تین سال کا ہے۔', 'Needs an interpreter: Urdu', 'by a brother or sister', 'With an interpreter (Urdu).'], right_to_left: 'وہ دیکھ نہیں سکتا۔', to_translate: true },
  },
  {
    name: 'a grandmother, at the library',
    who: { role: 'foster_or_kinship_carer', about: 'one', age: '12_15', methods: ['writing'], helped: 'yes' },
    area: 'Lower Marling',
    files: [{ name: 'scan0007.pdf', from: 'scanned.pdf', is: { whose: 'carer', reached: 'written', language: 'en', assent: 'yes', 'assent-how': 'We talked about it.' } }],
    pages: { '/tell/permission': { quote: 'yes', reply: 'yes' }, '/tell/contact': { way: 'post', safe: 'yes', address: '1 Made Up Lane, Lower Marling' } },
    inspector: { reads: ['Exampleshire', 'Carer’s words. Not the child’s own words. Written', '1 Made Up Lane'] },
  },
  {
    name: 'a parent whose taxi does not come',
    who: { role: 'parent', about: 'one', age: '12_15', methods: ['body_language'] },
    area: 'Northvale',
    writing: [{ text: 'hi can you sort this asap. my sons taxi has not turned up for 3 weeks. please ring them TODAY 😡 his school is lovely', is: { whose: 'parent', reached: 'written' } }],
    pages: { '/tell/permission': { quote: 'yes' } },
    // Before and after sending: we cannot fix one person's case, and here is who can.
    sees: ['please ring them TODAY 😡'],
    before: ['We cannot fix one person’s case', '999'],
    receipt: ['/who-can-help'],
    inspector: { reads: ['please ring them TODAY 😡 his school is lovely'] },
  },
  {
    name: 'a child who was locked in',
    who: { role: 'young_person', about: 'me', age: '12_15', methods: ['writing'] },
    area: 'Eastmere',
    files: [{ name: 'image0.jpeg', from: 'photo.jpg', is: { whose: child, assent: 'yes' } }],
    writing: [{ text: 'at my unit they put you in the small room if you kick off. its locked. i dont want my mum to know i told you. the cooking teacher is alright', is: { whose: child, reached: 'written', assent: 'yes' } }],
    pages: { '/tell/permission': { quote: 'no' } },
    not_safe: true,
    before: ['If you tell us someone is being hurt, we must tell people who can help.', '999', '0800 1111'],
    receipt: ['/who-can-help'],
    inspector: { reads: ['its locked. i dont want my mum to know i told you.', 'Do not contact them. They did not ask us to.', 'The child or young person’s own words.', 'safeguarding'] },
  },
  {
    name: 'a youth group with a film',
    who: { role: 'group', about: 'several', age: 'mixed', methods: ['speech', 'makaton', 'symbols', 'drawing'], helped: 'yes' },
    area: 'Exampleshire',
    files: [
      { name: 'Final FINAL (2).mp4', from: 'video.mp4', is: { what: 'Our film', whose: 'group', reached: 'said', assent: 'yes' } },
      { name: 'questions we asked.docx', from: 'letter.docx', is: { whose: 'group', reached: 'written' } },
      { name: 'drawing bus.png', from: 'drawing.png', is: { whose: child, reached: 'drawn', assent: 'yes' } },
    ],
    writing: [{ text: 'The leisure centre has a changing place now. Two of us helped to plan it.', is: { whose: 'group', reached: 'written' } }],
    pages: { '/tell/permission': { quote: 'yes', reply: 'yes' } },
    later: async ({ page, open }) => {
      // One of them changed their mind: the film is taken back, and nothing else is.
      await open('/sent');
      await press(page, page.locator('main li', { hasText: 'Final FINAL (2).mp4' }).locator('a[href$="/remove"]').first());
      await press(page, submit(mainForm(page)));
    },
    inspector: { reads: ['Two of us helped to plan it.', 'Drawn', 'Group’s words. Not the child’s own words.'], never: ['Final FINAL (2).mp4', 'Our film'] },
  },
  {
    name: 'a blind parent, in writing',
    who: { role: 'parent', about: 'one', age: '0_4', methods: ['writing'] },
    area: 'Northvale',
    writing: [{ text: 'The portage worker came to our house every week. The hospital sends letters as pictures. I have told them four times.', is: { whose: 'parent', reached: 'written', language: 'en' } }],
    pages: { '/tell/permission': { quote: 'yes', reply: 'yes' }, '/tell/contact': { way: 'email', safe: 'yes', address: 'reader@example.org', more: 'Plain text, please.' } },
    inspector: { reads: ['The portage worker came to our house every week.', 'Plain text, please.'] },
  },
  {
    name: 'a sister, about choices without words',
    who: { role: 'sibling', about: 'one', age: '18_25', methods: ['photos', 'body_language'], helped: 'yes' },
    area: 'Eastmere',
    files: ['mat 1.jpg', 'mat 2.jpg', 'mat 3 (second day).jpg'].map((name) => ({ name, from: 'photo.jpg', is: { what: 'A photo card that Asha reached for', whose: 'sibling', reached: 'best_interests', assent: 'could_not_tell' } })),
    writing: [{ text: 'Asha shows us yes by reaching and no by turning away. These notes are mine, not Asha’s.', is: { whose: 'sibling', reached: 'best_interests' } }],
    pages: { '/tell/permission': { quote: 'yes', reply: 'yes' } },
    inspector: { reads: ['Brother or sister’s words. Not the child’s own words. An account by others of what they think is best', 'A photo card that Asha reached for', 'Asked, and we could not tell'], never: ['The child or young person’s own words.'] },
  },
];

/** Puts values into the fields of the page's main form, by their names. */
async function put(page, values) {
  const form = mainForm(page);
  for (const [name, value] of Object.entries(values)) {
    for (const one of [value].flat()) {
      const chosen = form.locator(`input[name="${name}"][value="${one}"]`);
      const field = form.locator(`[name="${name}"]`).first();
      if (await chosen.count()) await chosen.check({ force: true });
      else if (await field.evaluate((element) => element.tagName) === 'SELECT') await field.selectOption(one);
      else await field.fill(one);
    }
  }
}

export async function tell({ page, open }, path, values) {
  await open(path);
  await put(page, values);
  await press(page, submit(mainForm(page)));
}

export async function area({ page, open }, name, relation) {
  await open('/tell/area');
  const find = page.locator(`form:has(input[name=relation][value=${relation}]):has(input[name=q])`);
  // Where a second area is asked for, its form is folded away.
  const folded = page.locator('details:not([open]):has(input[name=q]) > summary');
  if (await folded.count()) await folded.click();
  await find.locator('input[name=q]').fill(name);
  await press(page, submit(find));
  const yes = page.locator('main form:has(input[name=do][value=confirm])');
  if (!(await yes.count())) {
    await page.locator('main input[name=area]').first().check({ force: true });
    await press(page, submit(mainForm(page)));
  }
  await press(page, submit(yes));
}

async function keepSecret({ page, open }) {
  await open('/tell/area');
  const form = page.locator('form:has(input[name=do][value=hide])');
  await form.locator('input[name=hide][value=yes]').check({ force: true });
  await press(page, submit(form));
}

/** Sends files, and says of each what it is. */
export async function send({ page, open, javaScript }, files) {
  await open('/tell/evidence');
  const chosen = page.locator('form[action="/tell/evidence"] input[type=file]');
  await chosen.setInputFiles(files.map(({ name, from }) => ({ name, mimeType: 'application/octet-stream', buffer: fixture(from) })));
  if (javaScript) {
    await page.waitForFunction((count) => document.querySelectorAll('[data-sending] li[data-now=here]').length === count, files.length);
  } else {
    await press(page, submit(page.locator('form[action="/tell/evidence"]')));
  }
  for (const file of files) {
    await open('/tell/evidence');
    await press(page, page.locator('main li', { hasText: file.name }).locator('a[href^="/tell/items/"]:not([href$="/remove"])').first());
    await put(page, file.is);
    await press(page, submit(mainForm(page)));
  }
}

export async function write({ page, open }, { text, is }) {
  await open('/tell/write');
  await page.locator('main textarea').first().fill(text);
  await press(page, submit(mainForm(page)));
  if (!/^\/tell\/items\//.test(new URL(page.url()).pathname)) {
    await press(page, page.locator('main a[href^="/tell/items/"]:not([href$="/remove"])').last());
  }
  await put(page, is);
  await press(page, submit(mainForm(page)));
}

/** As one line, with one kind of apostrophe. */
function line(text) {
  return text.replace(/\s+/g, ' ').replaceAll('’', "'");
}

/** What a page says. */
async function said(page) {
  return line(await page.locator('body').innerText());
}

async function mustSay(page, where, sentences = [], never = []) {
  const text = await said(page);
  for (const sentence of sentences) {
    const there = sentence.startsWith('/') ? await page.locator(`a[href^="${sentence}"]`).count() : text.includes(line(sentence));
    if (!there) throw new Error(`${where} does not say “${sentence}”`);
  }
  for (const sentence of never) if (text.includes(line(sentence))) throw new Error(`${where} says “${sentence}”`);
}

let session;

/** A lead of the demonstration signs in once, and reads for all. */
function leadsCookies(walk, lead) {
  session ??= (async () => {
    const context = await walk.page.context().browser().newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await signIn({ page, open: (path) => page.goto(walk.service.origin + path), look: async () => {} }, { ...lead, mayUseCode: true });
    const cookies = await context.cookies();
    await context.close();
    return cookies;
  })();
  return session;
}

async function read(walk, lead, life, reference) {
  const { page, open, look } = walk;
  await page.context().clearCookies();
  await page.context().addCookies(await leadsCookies(walk, lead));
  await open(`/staff/submissions/${reference}`);
  await mustSay(page, 'the inspector’s page', life.inspector.reads, life.inspector.never);
  if (life.inspector.right_to_left) {
    const words = page.getByText(life.inspector.right_to_left).last();
    const direction = await words.evaluate((element) => getComputedStyle(element).direction);
    if (direction !== 'rtl') throw new Error(`Urdu is set ${direction}`);
  }
  await look(`read: ${life.name}`);
  const inside = await page.locator('main a[href$="/board"]').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
  for (const [at, board] of inside.entries()) {
    await open(board);
    await look(`what is in file ${at + 1}: ${life.name}`);
    for (const word of (await page.locator('main input[name=find]').count()) ? ['stop', 'volcano'] : []) {
      await page.locator('main input[name=find]').fill(word);
      await press(page, submit(mainForm(page)));
      await look(`was there a word for ${word} in file ${at + 1}: ${life.name}`);
    }
    await open(`${board}?personal=yes`);
    await look(`facts about people in file ${at + 1}: ${life.name}`);
  }
  await open(`/staff/submissions/${reference}`);
  await writeDown(walk, life);
  if (life.inspector.to_translate) {
    await open(`/staff/submissions/${reference}`);
    await open(await page.locator('main a[href$="/translation"]').first().getAttribute('href'));
    await look(`a translation is asked for: ${life.name}`);
    await pressEmpty(page, mainForm(page));
    await look(`a translation with nothing: ${life.name}`);
  }
}

/** The words of the first thing that has some: nothing, times that run backwards, and words that stay. */
async function writeDown({ page, open, look, javaScript }, life) {
  const link = page.locator('main a[href$="/words"]').first();
  if (!(await link.count())) return;
  const address = await link.getAttribute('href');
  await open(address);
  await look(`words are to be written down: ${life.name}`);
  const area = page.locator('main textarea[name=words]');
  if (javaScript && (await page.locator('[data-does]').count()) && (await page.locator('[data-write] .media').count())) {
    await area.fill('');
    await area.press('F2');
    if ((await area.inputValue()) !== '0:00 ') throw new Error(`F2 wrote “${await area.inputValue()}”`);
  }
  for (const [words, what] of [['', 'nothing'], ['0:02 one\n0:01 two', 'times that run backwards'], ['0:01 I like my bus.\n[laughs]', 'words']]) {
    await area.fill(words);
    await press(page, submit(page.locator('main form').filter({ has: page.locator('textarea[name=words]') })));
    const helps = page.locator('[data-does]');
    if (javaScript && (await helps.count()) && !(await helps.first().isVisible())) throw new Error(`no help with writing after ${what}`);
    await look(`words of an item, ${what}: ${life.name}`);
  }
  await mustSay(page, 'the page of words', ['I like my bus.']);
}

/** Each life as a journey. */
export function livesOf(lead) {
  return LIVES.map((life) => ({
    name: `life: ${life.name}`,
    async walk(walk) {
      const { page, open, look } = walk;
      await begin(walk);
      await tell(walk, '/tell/who', life.who);
      await area(walk, life.area, 'lives');
      if (life.responsible) await area(walk, life.responsible, 'responsible');
      if (life.secret_home) await keepSecret(walk);
      if (life.files) await send(walk, life.files);
      for (const writing of life.writing ?? []) await write(walk, writing);
      for (const date of life.dates ?? []) await tell(walk, '/tell/dates/add', date);
      for (const [path, values] of Object.entries(life.pages ?? {})) await tell(walk, path, values);
      await open('/tell/check');
      await mustSay(page, 'the check page', [...(life.sees ?? []), ...(life.before ?? []), ...(life.files ?? []).map(({ name }) => name)], life.never);
      await look(`check: ${life.name}`);
      if (life.not_safe) await page.locator('form[action="/tell/send"] input[name=not_safe][value=yes]').check({ force: true });
      await press(page, page.locator('form[action="/tell/send"] button').first());
      await mustSay(page, 'the receipt', [...(life.receipt ?? []), ...(life.files ?? []).map(({ name }) => name)], life.never);
      await look(`sent: ${life.name}`);
      const reference = (await said(page)).match(/HRD-\w{4}-\w{4}/)[0];
      await life.later?.(walk);
      await read(walk, lead, life, reference);
    },
  }));
}
