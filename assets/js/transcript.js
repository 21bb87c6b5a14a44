// Words beside a player: the line that is heard is marked. Whoever writes words down plays, goes back and writes the time
// without leaving the words.
import { playersOf } from "./player.js";

/** The last line that begins at or before a moment. */
function heard(times, seconds) {
  let line = null;
  for (const time of times) if (Number(time.dataset.at) <= seconds) line = time.closest("li");
  return line;
}

for (const lines of document.querySelectorAll("[data-lines]")) {
  const [player] = playersOf(lines);
  if (!player) continue;
  const times = [...lines.querySelectorAll("[data-at]")];
  player.addEventListener("timeupdate", () => {
    const now = heard(times, player.currentTime);
    for (const line of lines.children) {
      if (line === now) line.setAttribute("aria-current", "true");
      else line.removeAttribute("aria-current");
    }
  });
}

/** 65 as 1:05. */
function stamp(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Writes into the words as a person would, so that the browser can undo it. */
function write(area, text) {
  area.focus();
  const before = area.value.slice(0, area.selectionStart);
  const own = before === "" || before.endsWith("\n") ? text : `\n${text}`;
  if (!document.execCommand("insertText", false, own)) area.setRangeText(own, area.selectionStart, area.selectionEnd, "end");
}

const form = document.querySelector("[data-write] [data-does]")?.form;
const [player] = form ? playersOf(form) : [];
if (player) {
  const area = form.querySelector("textarea");
  const does = {
    play: () => (player.paused ? player.play().catch(() => {}) : player.pause()),
    back: () => (player.currentTime = Math.max(0, player.currentTime - 5)),
    time: () => write(area, `${stamp(player.currentTime)} `),
  };
  for (const part of form.querySelectorAll("[data-with-script]")) part.hidden = false;
  for (const button of form.querySelectorAll("[data-does]")) {
    button.addEventListener("click", () => does[button.dataset.does]());
  }
  const keys = { F8: does.play, F9: does.back, F2: does.time };
  area.addEventListener("keydown", (event) => {
    if (!(event.key in keys) || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    keys[event.key]();
  });
}
