// What links and buttons are called. By voice a person says what they see, and a screen reader lists names without what is
// around them: two things with one name lead to the same place, and what is seen is what is said. WCAG 2.4.9, 2.5.3.

/** Names that two things have that lead to different places; and things whose name is not what stands on them. */
export function nameFaults(page) {
  return page.evaluate(() => {
    const faults = [];
    const seen = (element) => element.checkVisibility({ checkVisibilityCSS: true });
    const tidy = (text) => text.replace(/\s+/g, ' ').trim();
    const shown = (element) => tidy(element.innerText ?? '');
    const nameOf = (element) => {
      const by = element.getAttribute('aria-labelledby')?.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ');
      return tidy(by || element.getAttribute('aria-label') || element.textContent);
    };
    // Where a link leads, or what a button sends and where to: not whose page it is.
    const private_ = ['token', 'draft', 'once', 'back'];
    const leadsTo = (element) => {
      if (element.tagName === 'A') return element.getAttribute('href');
      const { form } = element;
      if (!form || element.type === 'button') return null;
      const hidden = [...form.elements].filter((field) => field.type === 'hidden' && !private_.includes(field.name));
      return [form.getAttribute('action'), element.name, element.value, ...hidden.map((field) => `${field.name}=${field.value}`)].join(' ');
    };
    const places = new Map();
    for (const element of document.querySelectorAll('a[href], button')) {
      if (!seen(element)) continue;
      const [name, to, text] = [nameOf(element), leadsTo(element), shown(element)];
      if (!name) faults.push(`no name: ${element.outerHTML.slice(0, 120)}`);
      // Spaces are not said; a browser puts some around what only a screen reader hears.
      const said = (words) => words.toLowerCase().replace(/\s/g, '');
      if (text && !said(name).includes(said(text))) faults.push(`“${text}” is seen, and “${name}” is said`);
      if (to === null) continue;
      const other = places.get(name);
      if (other === undefined) places.set(name, to);
      else if (other !== to) faults.push(`“${name}” leads to ${other} and to ${to}`);
    }
    return faults;
  });
}
