// Order: what comes after in the page comes after for the eyes, and nothing appears under a pointer or with the focus.
// WCAG 1.3.2, 2.4.3, 1.4.13, 3.2.1.
Object.assign(window.looking, (() => {
  const { named, seen, controls } = window.looking;

  /** Whether `next`, which is later in the page, stands before `last` for the eyes. */
  function before(next, last, rightToLeft) {
    const above = next.bottom <= last.top + 1;
    const beside = Math.min(next.bottom, last.bottom) - Math.max(next.top, last.top) > 4;
    const after = rightToLeft ? next.right <= last.left + 1 : next.left >= last.right - 1;
    const earlier = rightToLeft ? next.left >= last.right - 1 : next.right <= last.left + 1;
    return (above && !after) || (beside && earlier);
  }

  const isRightToLeft = (element) => getComputedStyle(element).direction === 'rtl';

  function tabStops() {
    const found = [...document.querySelectorAll('[tabindex]')].filter((element) => element.tabIndex > 0)
      .map((element) => `tabindex above 0: ${named(element)}`);
    const stops = controls().filter(seen);
    for (let at = 1; at < stops.length; at += 1) {
      const [last, next] = [stops[at - 1], stops[at]];
      const common = isRightToLeft(last) && isRightToLeft(next);
      if (before(next.getBoundingClientRect(), last.getBoundingClientRect(), common)) {
        found.push(`Tab goes back on the screen: from ${named(last)} to ${named(next)}`);
      }
    }
    return found;
  }

  /** The parts of every row and grid stand in the order in which they are read. */
  function readingOrder() {
    const found = [];
    for (const holder of document.querySelectorAll('body, body *')) {
      const style = getComputedStyle(holder);
      if (!/flex|grid/.test(style.display) || !seen(holder)) continue;
      const parts = [...holder.children].filter((part) => seen(part) && !/absolute|fixed/.test(getComputedStyle(part).position));
      for (let at = 1; at < parts.length; at += 1) {
        const [last, next] = [parts[at - 1], parts[at]];
        if (before(next.getBoundingClientRect(), last.getBoundingClientRect(), isRightToLeft(holder))) {
          found.push(`is read after, and stands before: ${named(next)} and ${named(last)}`);
        }
      }
    }
    return found;
  }

  const SHOWS = ['display', 'visibility', 'opacity', 'content', 'height', 'block-size', 'max-height', 'max-block-size', 'clip-path', 'clip', 'transform', 'animation', 'animation-name'];
  // It comes into view when it has the focus, pushes nothing under the finger, and goes with the focus.
  const MAY_APPEAR = '.skip';

  /** The rules of the style sheets that bring something into view, or take it away, under a pointer or with the focus. */
  function appearing() {
    const rules = [];
    const read = (list) => {
      for (const rule of list) {
        if (rule.selectorText && /:hover|:focus/.test(rule.selectorText) && SHOWS.some((name) => rule.style.getPropertyValue(name))) {
          for (const selector of rule.selectorText.split(/,(?![^(]*\))/)) if (/:hover|:focus/.test(selector)) rules.push(selector.trim());
        }
        if (rule.cssRules?.length) read(rule.cssRules);
      }
    };
    for (const sheet of document.styleSheets) read(sheet.cssRules);
    const found = [];
    for (const selector of new Set(rules)) {
      const bare = selector.replace(/:hover|:focus(-visible|-within)?|::[\w-]+/g, '') || '*';
      const some = [...document.querySelectorAll(bare.replace(/:is\(\s*\)|^\s*[>+~]/g, '*'))].find((element) => !element.matches(MAY_APPEAR));
      if (some) found.push(`something appears or goes under a pointer or with the focus (${selector}): ${named(some)}`);
    }
    for (const element of document.querySelectorAll('[title]:not(iframe):not(svg *)')) {
      found.push(`a title shows under a pointer only: ${named(element)}`);
    }
    return found;
  }

  /** Acts as a pointer does on everything there, and as somebody who chooses in a list, for pages with script. */
  function pointedAt() {
    const found = [];
    const changes = [];
    const leaves = window.looking.leaving(found);
    for (const field of document.querySelectorAll('select, input[type=radio], input[type=checkbox]')) {
      leaves.because = `somebody chooses: ${named(field)}`;
      for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));
    }
    leaves.because = 'a pointer is over something';
    const watch = new MutationObserver((records) => changes.push(...records));
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    for (const element of controls().filter(seen)) {
      for (const kind of ['pointerover', 'pointerenter', 'mouseover', 'mouseenter', 'mousemove']) {
        element.dispatchEvent(new MouseEvent(kind, { bubbles: !kind.endsWith('enter') }));
      }
      changes.push(...watch.takeRecords());
      if (changes.length) found.push(`something changes under a pointer: ${named(element)}: ${named(changes[0].target)}`);
      changes.length = 0;
    }
    watch.disconnect();
    leaves.end();
    return found;
  }

  return { tabStops, readingOrder, appearing, pointedAt };
})());
