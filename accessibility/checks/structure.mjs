// What a document is made of, without its words: its elements, their classes, types and roles, what is hidden, open, chosen
// or wrong, and of things that repeat (the items of a list, the choices of a question) one of each kind. Two documents of
// one structure differ in what they say and in how much of it there is.
const VOID = new Set(['meta', 'link', 'input', 'img', 'br', 'hr', 'source', 'track', 'wbr', 'path', 'circle', 'rect']);
const TELLING = /^(class|type|role|lang|dir|hidden|open|checked|disabled|multiple|autofocus|tabindex|alt|aria-[a-z]+|data-[a-z-]+)$/;
const WITH_VALUE = /^(class|type|role|lang|dir|tabindex|aria-(hidden|invalid|current|live|expanded))$/;

function named(tag, attributes) {
  const told = [...attributes.matchAll(/([a-z-]+)(?:="([^"]*)")?/g)]
    .filter(([, name]) => TELLING.test(name))
    .map(([, name, value]) => (WITH_VALUE.test(name) ? `${name}=${value ?? ''}` : name));
  return [tag, ...told.sort()].join(' ');
}

/** The structure of a document as one line. */
export function structureOf(html) {
  const root = { tag: '', name: '', parts: new Set() };
  const open = [root];
  const close = () => {
    const done = open.pop();
    open.at(-1).parts.add(`<${done.name}>${[...done.parts].join('')}</>`);
  };
  for (const [, ends, tag, attributes] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)((?:\s+[^\s"=<>/]+(?:="[^"]*")?)*)\s*\/?>/g)) {
    if (ends) {
      if (!open.some((one) => one.tag === tag)) continue;
      while (open.length > 1 && open.at(-1).tag !== tag) close();
      close();
    } else if (VOID.has(tag)) {
      open.at(-1).parts.add(`<${named(tag, attributes)}>`);
    } else {
      open.push({ tag, name: named(tag, attributes), parts: new Set() });
    }
  }
  while (open.length > 1) close();
  return [...root.parts].join('');
}
