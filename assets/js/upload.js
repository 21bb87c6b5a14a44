// The page on which files are chosen, with script: each file is sent at once, goes on by itself after a broken line, and
// says how far it is. Without script the form on the same page does the work. Every word comes from the page.
//
// Nothing is kept on the device, so that nobody finds it there: what is unfinished is what the server says. The page never
// asks "Do you want to leave?": somebody may have to leave at once, and what was sent is safe.

import { Sending, isSame, token, until, untilGone } from "./sending.js";
import { speak } from "./spoken.js";
import { append, list, look } from "./tus.js";

const AT_ONCE = 2;
const room = document.querySelector("[data-sending]");
const form = document.querySelector("form[data-upload]");
const field = form?.querySelector("input[type=file]");
const chooser = form?.querySelector("[data-choose]");
const cards = room?.querySelector("ul");
const words = new Map(
  [...(document.querySelector("#sending-words")?.content.children ?? [])].map((one) => [one.dataset.word, one.textContent]),
);
const blank = document.querySelector("#sending-card")?.content.firstElementChild;
const all = [];
let part = 8 * 1024 * 1024;
let mostBytes = Infinity;

function say(word, values = {}) {
  return (words.get(word) ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** "40 of 96 megabytes are safe." */
function safe(kept, length) {
  const [unit, divisor] = length >= 1024 ** 3 ? ["gigabytes", 1024 ** 3] : ["megabytes", 1024 ** 2];
  const figure = (bytes) => (unit === "gigabytes" ? (bytes / divisor).toFixed(1) : String(Math.floor(bytes / divisor)));
  if (length < 1024 ** 2) return say(kept === 0 ? "safe_none" : "safe_part");
  return say(`safe_${unit}`, { kept: figure(kept), total: figure(Math.max(length, divisor)) });
}

function left(seconds) {
  if (seconds === null) return "";
  if (seconds < 50) return say("left_soon");
  const [name, number] = seconds < 5400 ? ["minute", Math.round(seconds / 60)] : ["hour", Math.round(seconds / 3600)];
  return number === 1 ? say(`left_${name}`) : say(`left_${name}s`, { number });
}

/** What a card says of its file. */
function sentence(one) {
  const how = safe(one.kept, one.length);
  if (one.taking) return navigator.onLine ? say("taking") : say("taking_later");
  if (one.state === "here") return say(one.length === 0 ? "here_empty" : "here");
  if (one.state === "waiting") return say("waiting");
  if (one.state === "comparing" || one.state === "keeping") return say(one.state);
  if (one.state === "paused") return `${say("paused")} ${one.kept ? how : ""}`;
  if (one.state === "trying") return `${say(`trying_${one.reason}`)} ${how}`;
  if (one.state === "stopped") return say(`stopped_${one.reason}`);
  if (one.state === "unfinished" && one.cut) return `${say("unfinished")} ${say("unfinished_cut", { size: sizeOf(one.kept) })}`;
  if (one.state === "unfinished") return `${say("unfinished")} ${how} ${say("unfinished_again")}`;
  return `${left(one.secondsLeft)} ${how}`.trim();
}

/** Which buttons stand on a card. */
const BUTTONS = {
  waiting: ["pause", "out"],
  sending: ["pause", "out"],
  trying: ["pause", "out"],
  paused: ["go_on", "out"],
  comparing: [],
  keeping: [],
  stopped: ["again", "out"],
  unfinished: ["choose", "out"],
  here: ["what", "remove"],
};

function show(one) {
  if (one.state === "out") return leave(one);
  const { card } = one;
  // What was cut off may be the only copy that there is: taking it out is asked on a page of its own.
  const open = one.cut ? ["keep", "remove"] : BUTTONS.unfinished;
  const wanted = one.state !== "unfinished" ? BUTTONS[one.state] : one.reason === "code" ? ["again"] : open;
  const lost = [...card.querySelectorAll("[data-act]")].find((act) => act.contains(document.activeElement));
  for (const act of card.querySelectorAll("[data-act]")) {
    const mine = wanted.includes(act.dataset.act) && !one.taking;
    act.hidden = !mine;
  }
  const acts = card.querySelector(".actions");
  acts.hidden = [...acts.children].every((act) => act.hidden);
  const text = sentence(one);
  const state = card.querySelector("[data-state]");
  if (state.textContent !== text) state.textContent = text;
  card.querySelector("[data-note]").textContent = one.note || (one.state !== "here" && one.data) || "";
  const bar = card.querySelector("progress");
  bar.hidden = ["here", "unfinished", "comparing", "keeping"].includes(one.state) || one.length === 0;
  bar.value = one.length ? Math.floor((one.kept / one.length) * 100) : 100;
  bar.textContent = `${bar.value} %`;
  card.dataset.now = one.state;
  if (one.item) {
    card.querySelector("[data-act=what] a").href = one.item;
    card.querySelector("[data-act=remove] a").href = `${one.item}/remove`;
  }
  // A button that goes away must not take the keyboard's place with it.
  if (lost?.hidden) (card.querySelector("[data-act]:not([hidden]) :is(button, a, input)") ?? card.querySelector("[data-title]")).focus();
  announce(one, text);
  tellNumber();
  return undefined;
}

/** Reads out what is new: a new state, or ten more of a hundred parts. A line that goes and comes is told of once in each
 * tenth. */
function announce(one, text) {
  const state = one.taking ? "taking" : one.state;
  if (state === "waiting") return;
  const tenth = one.length ? Math.floor((one.kept / one.length) * 10) : 10;
  const news = { sending: `sending ${tenth}`, trying: `trying ${one.reason} ${tenth}` }[state] ?? state;
  const first = one.told === undefined;
  one.told ??= new Set();
  if (one.told.has(news)) return;
  if (state !== "sending" && state !== "trying") one.told.clear();
  const told = () => one.told.add(news);
  // What was there before this page is on it already.
  if (first && state === "unfinished") return told();
  speak(one, `${one.name}: ${text || say("started")} ${one.note ?? ""}`.trim(), told);
}

function tellNumber() {
  room.hidden = all.length === 0;
  const busy = all.some((one) => ["sending", "waiting", "trying"].includes(one.state));
  room.querySelector("[data-keep-open]").hidden = !busy;
  stayAwake(busy);
}

let lock = null;
async function stayAwake(busy) {
  if (!busy) {
    lock?.release?.();
    lock = null;
  } else if (!lock && document.visibilityState === "visible" && navigator.wakeLock) {
    lock = "asked";
    lock = await navigator.wakeLock.request("screen").catch(() => null);
    lock?.addEventListener("release", () => (lock = null));
  }
}

function leave(one) {
  all.splice(all.indexOf(one), 1);
  const next = one.card.nextElementSibling ?? one.card.previousElementSibling;
  const had = one.card.contains(document.activeElement);
  one.card.remove();
  speak(one, `${one.name}: ${say("none_left")}`);
  if (had) (next?.querySelector("[data-title]") ?? chooser).focus();
  tellNumber();
  start();
}

function makeCard(one, size) {
  const card = blank.cloneNode(true);
  card.querySelector("[data-title] bdi").textContent = one.name;
  card.querySelector("[data-size]").textContent = size;
  card.querySelector("progress").setAttribute("aria-label", one.name);
  for (const name of card.querySelectorAll("[data-name]")) name.textContent = one.name;
  const on = (act, event, what) => card.querySelector(`[data-act=${act}] button`).addEventListener(event, what);
  on("pause", "click", () => (one.pause(), start()));
  on("go_on", "click", () => goOn(one));
  on("again", "click", () => tryAgain(one));
  const input = document.createElement("input");
  input.type = "file";
  input.hidden = true;
  input.addEventListener("change", () => chosenAgain(one, input.files[0]));
  card.append(input);
  on("choose", "click", () => input.click());
  on("keep", "click", () => keepWhatIsThere(one));
  on("out", "click", () => takeOut(one));
  one.card = card;
  cards.append(card);
}

function goOn(one) {
  one.state = "waiting";
  show(one);
  start();
}

/** After something that a person had to know: the same file again, where that can help. */
function tryAgain(one) {
  if (one.reason === "code") return window.location.assign("/return");
  if (one.reason === "gone") {
    one.address = null;
    one.kept = 0;
    one.once = token();
  }
  return goOn(one);
}

async function takeOut(one) {
  one.taking = true;
  show(one);
  if (one instanceof Sending) return one.takeOut();
  if (!(await untilGone(one.address))) return window.location.assign("/return");
  one.state = "out";
  return show(one);
}

/** Sends what waits, a few at a time. */
function start() {
  const running = all.filter((one) => one.state === "sending" || one.state === "trying").length;
  const next = all.filter((one) => one.state === "waiting").slice(0, Math.max(0, AT_ONCE - running));
  for (const one of next) one.run().then(start);
}

/** Files were chosen or dropped. One that was begun before goes on. */
async function take(files) {
  for (const file of files) {
    const found = all.find((one) => one.state === "unfinished" && one.name === file.name && one.length === file.size);
    if (found) await chosenAgain(found, file);
    else add(file);
  }
  start();
}

function add(file, { found = null, note = "" } = {}) {
  const one = new Sending(file, show, found);
  one.note = note;
  all.push(one);
  makeCard(one, sizeOf(file.size));
  if (file.size > mostBytes) {
    one.state = "stopped";
    one.reason = "limit";
  } else if (file.size > 20 * 1024 * 1024) {
    one.data = say("data", { size: sizeOf(file.size) });
  }
  show(one);
  return one;
}

function sizeOf(bytes) {
  const [unit, divisor] = [["GB", 1024 ** 3], ["MB", 1024 ** 2], ["KB", 1024]].find(([, size]) => bytes >= size) ?? ["", 1];
  const figure = bytes / divisor;
  const number = figure >= 10 || divisor === 1 ? Math.round(figure) : Number(figure.toFixed(1));
  return unit ? `${number} ${unit}` : say("bytes", { number });
}

/** The same file was chosen for something that is unfinished, or another one. */
async function chosenAgain(one, file) {
  if (!file) return undefined;
  one.state = "comparing";
  one.note = one.reason = "";
  show(one);
  const there = await until(() => look(one.address));
  if (!there.ok) {
    // We do not know what is there, so nothing is said of it and nothing is taken out.
    one.state = "unfinished";
    one.reason = there.why;
    one.note = say(there.why === "code" ? "stopped_code" : "trying_line");
    return show(one);
  }
  const same = await isSame(file, there, part).catch(() => false);
  if (!same && !(await untilGone(one.address))) return window.location.assign("/return");
  const again = add(file, same ? { found: there, note: say("same") } : { note: say("different") });
  all.splice(all.indexOf(one), 1);
  one.card.remove();
  again.card.querySelector("[data-title]").focus();
  tellNumber();
  return start();
}

/** A recording that was cut off: what is there becomes the whole of it. */
async function keepWhatIsThere(one) {
  one.state = "keeping";
  show(one);
  const there = await until(() => look(one.address));
  if (there.ok) await until(() => append(one.address, there.kept, new Blob([]), { length: there.kept }));
  const now = await until(() => look(one.address));
  const whole = now.ok && now.length === now.kept;
  one.state = whole ? "here" : "unfinished";
  one.length = whole ? now.length : 0;
  one.reason = now.why;
  one.note = now.ok ? "" : say({ code: "stopped_code", gone: "none_left" }[now.why] ?? "trying_line");
  show(one);
}

/** What the server has of this draft that is not finished, from this device or another. */
async function findUnfinished() {
  const there = await list();
  if (!there.ok) return;
  part = there.part;
  mostBytes = there.limits.bytes_left;
  for (const upload of there.uploads.filter((one) => one.state === "unfinished" || one.state === "arriving")) {
    if (all.some((one) => one.address === upload.address)) continue;
    const one = { ...upload, name: upload.name ?? say("no_name"), length: upload.length ?? 0, state: "unfinished" };
    one.cut = upload.length === null && upload.kept > 0;
    all.push(one);
    makeCard(one, upload.length === null ? "" : sizeOf(upload.length));
    document.querySelector(`[data-item="${CSS.escape(upload.item)}"]`)?.setAttribute("hidden", "");
    show(one);
  }
  const arrived = document.querySelector("[data-arrived]");
  if (arrived && !arrived.querySelector("li[data-item]:not([hidden])")) arrived.hidden = true;
}

if (form && room && blank) {
  for (const one of document.querySelectorAll("[data-without-script]")) one.hidden = true;
  for (const one of document.querySelectorAll("[data-with-script]")) one.hidden = false;
  for (const one of [field, form.querySelector(`label[for="${field.id}"]`)]) one.hidden = true;
  chooser.id = field.id;
  field.id = `${field.id}-itself`;
  chooser.addEventListener("click", () => field.click());
  field.addEventListener("change", () => {
    const files = [...field.files];
    field.value = "";
    take(files);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  document.addEventListener("visibilitychange", tellNumber);
  for (const line of ["online", "offline"]) window.addEventListener(line, () => all.filter((one) => one.taking).forEach(show));
  setInterval(() => all.filter((one) => one.state === "sending").forEach(show), 2000);
  findUnfinished();
}
