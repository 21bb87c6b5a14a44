// Forced colours and less motion: nothing is said by a background alone, what is pressed keeps its edge, nothing moves.
// WCAG 1.4.1, 1.4.11, 2.2.2, 2.3.3.
Object.assign(window.looking, (() => {
  const { named, seen, colour } = window.looking;

  /** A box that is there only by its colour: no words, no line around it, no picture in it. */
  function onlyColour() {
    const found = [];
    for (const element of document.querySelectorAll('body *')) {
      const style = getComputedStyle(element);
      const painted = style.backgroundImage !== 'none' || colour(style.backgroundColor)[3] > 0;
      if (!painted || element.textContent.trim() || !seen(element)) continue;
      if (element.matches('input, select, textarea, button, progress, meter, video, audio, img, svg, svg *, canvas, hr, iframe')) continue;
      if (element.querySelector('img, svg, video, audio, canvas, input, progress')) continue;
      const edge = ['Top', 'Right', 'Bottom', 'Left'].some((side) => parseFloat(style[`border${side}Width`]) > 0);
      if (!edge) found.push(`says something by a background alone: ${named(element)}`);
    }
    return found;
  }

  const edges = (style) => ['Top', 'Right', 'Bottom', 'Left'].map((side) => `${style[`border${side}Style`]} ${style[`border${side}Width`]}`);

  /** With forced colours: what is pressed and is not a link in text has a line around it. */
  function pressedEdges() {
    return [...document.querySelectorAll('button, .button, select, textarea, input:not([type=hidden], [type=radio], [type=checkbox], [type=range])')]
      .filter(seen)
      .filter((element) => edges(getComputedStyle(element)).some((edge) => /^none|^hidden| 0px$/.test(edge)))
      .map((element) => `has no line around it in forced colours: ${named(element)}`);
  }

  /** With forced colours: what is chosen looks different from what is not, by more than its background. */
  function chosen() {
    const looks = (element) => {
      const style = getComputedStyle(element);
      return JSON.stringify([edges(style), style.outlineStyle, style.fontWeight, style.textDecorationLine, getComputedStyle(element, '::before').content]);
    };
    const found = [];
    for (const element of document.querySelectorAll('[aria-current]:not([aria-current=false]), [aria-selected=true], [aria-pressed=true]')) {
      const row = element.closest('li, td, [role=tab]') ?? element;
      const others = [...(row.parentElement?.children ?? [])].filter((other) => other !== row);
      const other = others.map((one) => (row === element ? one : one.querySelector(element.tagName) ?? one.querySelector('a, button'))).find(Boolean);
      if (other && seen(element) && looks(other) === looks(element)) found.push(`is chosen, and forced colours do not show it: ${named(element)}`);
    }
    return found;
  }

  /** For people who asked for less motion: nothing moves, fades or plays by itself. */
  function motion() {
    const found = document.getAnimations().map((animation) => `moves: ${named(animation.effect.target)}`);
    // What is never drawn, such as a film's captions track, has no style.
    const still = (style) => !style.display || style.animationName === 'none' && style.scrollBehavior !== 'smooth'
      && style.transitionDuration.split(',').every((time) => parseFloat(time) === 0);
    for (const element of document.querySelectorAll('html, body, body *')) {
      const parts = [null, '::before', '::after'].filter((part) => !part || getComputedStyle(element, part).content !== 'none');
      if (!parts.every((part) => still(getComputedStyle(element, part)))) found.push(`moves or fades: ${named(element)}`);
    }
    for (const element of document.querySelectorAll('marquee, blink, video[autoplay], audio[autoplay], img[src$=".gif"], animate, animateTransform')) {
      found.push(`moves or plays by itself: ${named(element)}`);
    }
    return found;
  }

  return { onlyColour, pressedEdges, chosen, motion };
})());
