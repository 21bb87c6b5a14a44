// What can be pressed on a page: how large each thing is, and how far it is from the next. What people hit is measured: a
// field's label counts with it, a line of the list to tell is hit as a whole. WCAG 2.5.5 and 2.5.8; ours are larger.

/** Least size and least distance, in CSS pixels; and least distance of what takes something away from all else. */
const SIZE = { plain: 44, short: 44, pictures: 60, staff: 24 };
const APART = { plain: 16, short: 16, pictures: 16, staff: 0 };
const FAR_APART = 32;

/** Which of our measures hold on the page that is open. */
export function wordingOf(page) {
  return page.evaluate(() => {
    const { classList } = document.body;
    return classList.contains('staff') ? 'staff' : classList.contains('pictures') ? 'pictures' : 'plain';
  });
}

/** Everything on the page that can be pressed, with the smaller of its two sides and the way to its nearest neighbour. */
export function targetsOf(page) {
  return page.evaluate(() => {
    const seen = (element) => element.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true });
    const join = (boxes) => ({
      left: Math.min(...boxes.map((box) => box.left)), right: Math.max(...boxes.map((box) => box.right)),
      top: Math.min(...boxes.map((box) => box.top)), bottom: Math.max(...boxes.map((box) => box.bottom)),
    });
    const boxOf = (element) => {
      const rows = [element, ...[...(element.labels ?? [])].filter(seen)];
      if (element.matches('.choice-box')) rows.push(element.closest('.choice'));
      if (element.matches('.step-link')) rows.push(element.closest('.step'));
      return join(rows.map((row) => row.getBoundingClientRect()));
    };
    const removing = 'a[href$="/remove"], a[href="/tell/take-back"], .button-danger, [data-act=out] button, [data-part=again]';
    const pressed = 'a[href], button, input:not([type=hidden]), select, textarea, summary, video[controls], audio[controls]';
    const all = [...document.querySelectorAll(pressed)].filter((element) => seen(element) && !element.matches('.skip'));
    const targets = all.map((element) => ({ element, box: boxOf(element) }));
    const between = (one, other) => {
      const across = Math.max(one.left - other.right, other.left - one.right, 0);
      const down = Math.max(one.top - other.bottom, other.top - one.bottom, 0);
      return Math.hypot(across, down);
    };
    return targets.map(({ element, box }) => {
      let nearest = null;
      for (const other of targets) {
        if (other.element === element) continue;
        const gap = between(box, other.box);
        if (!nearest || gap < nearest.gap) nearest = { gap, text: other.element.textContent.trim().slice(0, 40) || other.element.name };
      }
      return {
        text: element.textContent.trim().replace(/\s+/g, ' ').slice(0, 60) || element.name || element.tagName.toLowerCase(),
        // A line of text is as wide as its words: a short word that is a link is measured by its height alone.
        smallest: element.matches('main p a:not([class]), main li a:not([class]), main dd a, footer a') ? box.bottom - box.top : Math.min(box.right - box.left, box.bottom - box.top),
        gap: nearest?.gap, next: nearest?.text, removes: element.matches(removing),
      };
    });
  });
}

/** What of that is too small or too near. */
export function targetFaults(targets, wording) {
  const size = SIZE[wording];
  const small = targets.filter((one) => one.smallest < size - 0.5)
    .map((one) => `“${one.text}” is ${one.smallest.toFixed(0)} px, and must be ${size}`);
  const apart = (one) => (one.removes && wording !== 'staff' ? FAR_APART : APART[wording]);
  const near = targets.filter((one) => one.gap !== undefined && one.gap < apart(one) - 0.5)
    .map((one) => `“${one.text}” is ${one.gap.toFixed(0)} px from “${one.next}”, and must be ${apart(one)}`);
  return [...small, ...near];
}
