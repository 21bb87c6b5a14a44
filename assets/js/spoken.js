// Reads out what is new, politely, from the page's one live region: one thing after the other, because a screen reader
// says only the last of two that come at the same time. What is said of one thing takes the place of what still waits to
// be said of it.

const EACH = 1500;
const region = document.querySelector("[data-spoken]");
const waiting = new Map();
let speaking = false;

/** `said` is called once it stands in the region: what was pushed aside before that was never heard. */
export function speak(about, text, said = () => {}) {
  if (!text) return;
  waiting.delete(about);
  waiting.set(about, [text, said]);
  if (!speaking) next();
}

function next() {
  const [first] = waiting;
  speaking = first !== undefined;
  if (!speaking) return;
  const [about, [text, said]] = first;
  waiting.delete(about);
  const line = document.createElement("p");
  line.textContent = text;
  region?.replaceChildren(line);
  said();
  setTimeout(next, EACH);
}
