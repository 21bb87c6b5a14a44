// What the layout checks share: what can be seen, where it is, what colour lies behind it. Runs in the page.
window.looking = (() => {
  const INTERACTIVE = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [role=button], [role=link], [tabindex]:not([tabindex^="-"])';

  /** How a fault names an element. */
  const named = (element) => element.outerHTML.replace(/\s+/g, ' ').slice(0, 140);

  /** Hidden from eyes and kept for ears: clipped to nothing, or outside the page until it has the focus. */
  function onlyForEars(element) {
    for (let one = element; one && one !== document.body; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.clipPath.startsWith('inset(50%') || style.clip === 'rect(0px, 0px, 0px, 0px)') return true;
      const box = one.getBoundingClientRect();
      if (style.overflow === 'hidden' && box.width <= 1 && box.height <= 1) return true;
      if (style.position === 'absolute' && (box.right <= 0 || box.left >= document.documentElement.clientWidth)) return true;
    }
    return false;
  }

  function seen(element) {
    if (!element.checkVisibility({ visibilityProperty: true, opacityProperty: true })) return false;
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.height > 0 && !onlyForEars(element);
  }

  /** Red, green, blue and how solid, of a computed colour. */
  function colour(text) {
    const numbers = text.match(/-?[\d.]+/g)?.map(Number) ?? [0, 0, 0, 0];
    const of255 = text.startsWith('color(') ? numbers.slice(0, 3).map((part) => part * 255) : numbers.slice(0, 3);
    return [...of255, numbers[3] ?? 1];
  }

  const over = (top, below) => [0, 1, 2].map((at) => top[at] * top[3] + below[at] * (1 - top[3]));

  /** The colour that lies behind what stands in an element. */
  function behind(element) {
    const layers = [];
    for (let one = element; one; one = one.parentElement) {
      const layer = colour(getComputedStyle(one).backgroundColor);
      if (layer[3] > 0) layers.push(layer);
      if (layer[3] === 1) break;
    }
    return layers.reduceRight((below, layer) => over(layer, below), [255, 255, 255]);
  }

  /** WCAG 2.2, "contrast ratio". */
  function contrast(one, other) {
    const light = (rgb) => {
      const [red, green, blue] = rgb.map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    };
    const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  }

  /** Every piece of text that can be seen, with the boxes of its lines. */
  function texts() {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found = [];
    const range = document.createRange();
    const known = new Map();
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!node.data.trim() || /^(SCRIPT|STYLE|OPTION|NOSCRIPT|TEXTAREA|TITLE)$/i.test(element.tagName)) continue;
      if (!known.has(element)) known.set(element, seen(element) || (getComputedStyle(element).display === 'contents'));
      if (!known.get(element)) continue;
      range.selectNodeContents(node);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 1 && box.height > 1);
      if (boxes.length) found.push({ element, text: node.data.trim().slice(0, 60), boxes });
    }
    return found;
  }

  const controls = () => [...document.querySelectorAll(INTERACTIVE)].filter((element) => !element.disabled);

  /** Says it when the page would lead to another while something else is tried, and stays. */
  function leaving(found) {
    const watch = { because: '', end: () => window.navigation.removeEventListener('navigate', stay) };
    const stay = (event) => {
      event.preventDefault();
      found.push(`leads to another page when ${watch.because}`);
    };
    window.navigation.addEventListener('navigate', stay);
    return watch;
  }

  /** Looks with everything open that can be folded away. */
  function unfolded(look) {
    const folded = [...document.querySelectorAll('details:not([open])')];
    for (const details of folded) details.open = true;
    const found = look();
    for (const details of folded) details.open = false;
    return found;
  }

  return { leaving, unfolded, named, onlyForEars, seen, colour, behind, over, contrast, texts, controls };
})();
