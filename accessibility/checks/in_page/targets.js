// What is pressed is large enough, and what stands beside it far enough away. WCAG 2.5.5 and 2.5.8.
//
// Not asked of: a link in a sentence (2.5.5 and 2.5.8, "inline"), and what the browser itself draws inside a player
// ("user agent control").
Object.assign(window.looking, (() => {
  const { named, seen, controls } = window.looking;

  const union = (boxes) => {
    const left = Math.min(...boxes.map((box) => box.left));
    const top = Math.min(...boxes.map((box) => box.top));
    const right = Math.max(...boxes.map((box) => box.right));
    const bottom = Math.max(...boxes.map((box) => box.bottom));
    return { left, top, right, bottom, width: right - left, height: bottom - top };
  };

  /** A link that stands in a line of other words. */
  function inSentence(element) {
    if (element.tagName !== 'A' || !getComputedStyle(element).display.startsWith('inline')) return false;
    let block = element.parentElement;
    while (block && getComputedStyle(block).display === 'inline') block = block.parentElement;
    const beside = [...block.childNodes].filter((node) => !(node.nodeType === 1 && !getComputedStyle(node).display.startsWith('inline')));
    const words = (nodes) => nodes.map((node) => node.textContent).join(' ').replace(/\s+/g, ' ').trim();
    return words(beside).replace(words([element]), '').replace(/[^\p{L}\p{N}]/gu, '').length > 1;
  }

  /** Where a press counts: a field's own label too, and a row that its link lies over. */
  function area(element) {
    const boxes = [element.getBoundingClientRect()];
    if (element.matches('input[type=radio], input[type=checkbox]')) {
      for (const label of element.labels ?? []) if (seen(label)) boxes.push(label.getBoundingClientRect());
    }
    const over = getComputedStyle(element, '::after');
    if (over.content !== 'none' && over.position === 'absolute' && over.inset === '0px' && element.offsetParent) {
      boxes.push(element.offsetParent.getBoundingClientRect());
    }
    return union(boxes);
  }

  function targets(least, apart) {
    const found = [];
    const all = controls()
      .filter((element) => seen(element) || [...(element.labels ?? [])].some(seen))
      .filter((element) => !inSentence(element))
      .map((element) => ({ element, box: area(element) }));
    for (const { element, box } of all) {
      if (box.width < least - 0.5 || box.height < least - 0.5) {
        found.push(`target of ${Math.round(box.width)} by ${Math.round(box.height)} px, and not ${least}: ${named(element)}`);
      }
    }
    all.sort((one, other) => one.box.top - other.box.top);
    for (let at = 0; at < all.length; at += 1) {
      for (let next = at + 1; next < all.length; next += 1) {
        const [one, other] = [all[at], all[next]];
        if (other.box.top - one.box.bottom >= apart) continue;
        if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
        const across = Math.max(one.box.left, other.box.left) - Math.min(one.box.right, other.box.right);
        const down = other.box.top - one.box.bottom;
        const gap = Math.max(across, down);
        if (gap < apart - 0.5) found.push(`${Math.round(gap)} px between two targets, and not ${apart}: ${named(one.element)} and ${named(other.element)}`);
      }
    }
    return found;
  }

  return { targets };
})());
