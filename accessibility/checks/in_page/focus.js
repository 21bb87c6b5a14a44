// The focus: everything that can have it shows it, nothing covers it, and nothing happens because of it.
// WCAG 2.4.7, 2.4.11, 2.4.13 (3:1 against what lies beside it, at least 2 px), 3.2.1.
Object.assign(window.looking, (() => {
  const { named, colour, behind, over, contrast, controls, seen } = window.looking;

  const outline = (element) => {
    const style = getComputedStyle(element);
    return { style: style.outlineStyle, width: parseFloat(style.outlineWidth), colour: style.outlineColor };
  };
  const drawn = (line) => line.style !== 'none' && line.width >= 2 && colour(line.colour)[3] > 0;
  const around = (element) => {
    const chain = [element];
    while (chain.length < 4 && chain.at(-1).parentElement) chain.push(chain.at(-1).parentElement);
    return chain;
  };

  /** What is wrong with how one element shows that it has the focus. */
  function shown(element, before) {
    const lines = around(element).map((one, at) => ({ one, line: outline(one), was: before[at] }))
      .filter(({ line, was }) => drawn(line) && !(drawn(was) && was.colour === line.colour && was.width === line.width));
    if (!lines.length) return `the focus cannot be seen: ${named(element)}`;
    const best = Math.max(...lines.map(({ one, line }) => {
      const ground = behind(one.parentElement);
      return contrast(over(colour(line.colour), ground), ground);
    }));
    return best < 3 ? `the focus has a contrast of ${best.toFixed(2)} only: ${named(element)}` : null;
  }

  /** Whether something else lies over the middle of what has the focus. */
  function covered(element) {
    const box = element.getBoundingClientRect();
    const top = document.elementFromPoint((box.left + box.right) / 2, Math.max(0, box.top) / 2 + Math.min(innerHeight, box.bottom) / 2);
    if (!top || element.contains(top) || top.contains(element) || top.closest('label')?.control === element) return null;
    return `something covers what has the focus: ${named(element)} under ${named(top)}`;
  }

  /** Puts the focus on everything in turn. A key must have been pressed before, so that the browser shows the focus. */
  function focus() {
    const found = [];
    const changes = [];
    const leaves = window.looking.leaving(found);
    const watch = new MutationObserver((records) => changes.push(...records));
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    for (const element of controls()) {
      if (!seen(element) && !element.matches('.skip') && !element.checkVisibility({ visibilityProperty: true })) continue;
      document.activeElement?.blur();
      leaves.because = `this has the focus: ${named(element)}`;
      const before = around(element).map(outline);
      element.focus();
      if (document.activeElement !== element) continue;
      const wrong = shown(element, before);
      if (wrong) found.push(wrong);
      const under = covered(element);
      if (under) found.push(under);
      changes.push(...watch.takeRecords());
      if (changes.length) found.push(`something changes when this has the focus: ${named(element)}: ${named(changes[0].target)}`);
      changes.length = 0;
    }
    watch.disconnect();
    leaves.end();
    document.activeElement?.blur();
    scrollTo(0, 0);
    return found;
  }

  return { focus };
})());
