// Room: nothing runs off the side, nothing is cut off, nothing lies over something else. WCAG 1.4.4, 1.4.10, 1.4.12.
Object.assign(window.looking, (() => {
  const { named, texts } = window.looking;

  function sideways() {
    const shown = document.documentElement.clientWidth;
    const content = document.documentElement.scrollWidth;
    if (content <= shown + 1) return [];
    const wide = [...document.querySelectorAll('body *')].find((element) => {
      const box = element.getBoundingClientRect();
      return (box.right > shown + 1 || box.left < -1) && !window.looking.onlyForEars(element);
    });
    return [`scrolls sideways: ${content} px in a window of ${shown}: ${wide ? named(wide) : ''}`];
  }

  /** Whether a box shows where it ends: text that runs out of it looks broken, or is not there at all. */
  function hasEdges(style) {
    return style.display !== 'inline' && style.display !== 'contents'
      && (style.overflowX === 'hidden' || style.overflowY === 'hidden' || style.overflowX === 'clip'
        || parseFloat(style.borderTopWidth) + parseFloat(style.borderBottomWidth) > 0 || window.looking.colour(style.backgroundColor)[3] > 0);
  }

  function cutOff(all = texts()) {
    const found = [];
    const edges = new Map();
    const edgesOf = (element) => {
      if (!edges.has(element)) {
        const style = getComputedStyle(element);
        edges.set(element, { hangs: /pre|break-spaces/.test(style.whiteSpace) ? parseFloat(style.fontSize) : 2, has: hasEdges(style), scrolls: /auto|scroll/.test(style.overflowX + style.overflowY), moved: style.position, box: element.getBoundingClientRect() });
      }
      return edges.get(element);
    };
    for (const { element, text, boxes } of all) {
      // Where spaces are kept, one may hang over the end of a line, and nobody sees it.
      const { hangs } = edgesOf(element);
      for (let one = element; one && one !== document.body; one = one.parentElement) {
        const { has, scrolls, moved, box } = edgesOf(one);
        if (scrolls || moved === 'absolute') break;
        if (has && boxes.some((line) => line.right > box.right + hangs || line.left < box.left - hangs || line.bottom > box.bottom + 3 || line.top < box.top - 3)) {
          found.push(`text runs out of its box: “${text}” in ${named(one)}`);
          break;
        }
      }
    }
    return found;
  }

  /** Lines of different texts, and lines and fields, that lie over one another. */
  function overlaps(all = texts()) {
    const things = all.flatMap(({ element, text, boxes }) => boxes.map((box) => ({ element, text, box })));
    for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea, img, video, progress')) {
      if (window.looking.seen(field)) things.push({ element: field, text: named(field), box: field.getBoundingClientRect() });
    }
    things.sort((one, other) => one.box.top - other.box.top);
    const found = [];
    for (let at = 0; at < things.length; at += 1) {
      const one = things[at];
      for (let next = at + 1; next < things.length && things[next].box.top < one.box.bottom - 4; next += 1) {
        const other = things[next];
        const across = Math.min(one.box.right, other.box.right) - Math.max(one.box.left, other.box.left);
        const down = Math.min(one.box.bottom, other.box.bottom) - other.box.top;
        if (across > 3 && down > 4 && one.element !== other.element) found.push(`lies over something: “${one.text}” and “${other.text}”`);
      }
    }
    return found;
  }

  /** As people set it who need more room to read: the values of WCAG 1.4.12, which take any of them at once. */
  const SPACED = `* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-block-end: 2em !important; }`;
  const TWICE = 'html { font-size: 200% !important; }';

  function withStyle(text, look) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(text);
    const before = [...document.adoptedStyleSheets];
    document.adoptedStyleSheets = [...before, sheet];
    try {
      return look();
    } finally {
      document.adoptedStyleSheets = before;
    }
  }

  const room = () => {
    const all = texts();
    return [...sideways(), ...cutOff(all), ...overlaps(all)];
  };
  const spaced = () => withStyle(SPACED, room).map((fault) => `with text spacing: ${fault}`);
  const twice = () => withStyle(TWICE, room).map((fault) => `with text twice as large: ${fault}`);

  return { sideways, room, spaced, twice };
})());
