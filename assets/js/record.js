// Recording in the page. What is said is sent while it is said, two seconds at a time, as an upload whose length is told at
// the end: a flat battery or a closed page loses no more than what was under way. Nothing stays on the device.
//
//   ready → asking → recording → stopped → keeping → kept
//             ↓ (no leave to record)   ↕
//           ready                     sure → erased here and at the server → ready
//
// Every word comes from the page. Without script, or where a browser cannot record, the page says how to use a camera.

import { token, until, untilGone } from "./sending.js";
import { speak } from "./spoken.js";
import { append, begin, look } from "./tus.js";

const EVERY = 2000;
const MOST = 8 * 1024 * 1024;
/** Milliseconds of a recording that may be under way before the page says that the line is slow. */
const BEHIND = 10_000;
/** Seconds after which the time is said again: seldom, because the recording hears it too. */
const SAID_AGAIN = 300;
const KINDS = {
  film: ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
  sound: ["audio/webm;codecs=opus", "audio/webm", "audio/mp4", "audio/ogg"],
};

const room = document.querySelector("[data-recorder]");
const part = (name) => room.querySelector(`[data-part=${name}]`);
let stream = null;
let take = null;
let clock = null;
let lock = null;

function say(name, values = {}) {
  const text = room.querySelector("template").content.querySelector(`[data-word=${name}]`)?.textContent ?? "";
  return text.replace(/\{(\w+)\}/g, (_, value) => values[value] ?? "");
}

/** Shows what is to be seen in this state. */
function show(state) {
  room.dataset.now = state;
  for (const one of room.querySelectorAll("[data-in]")) one.hidden = !one.dataset.in.split(" ").includes(state);
}

/** Shows what is to be seen in this state, and says it. */
function become(state, sentence, values) {
  show(state);
  tell(say(sentence ?? state, values));
}

function tell(text) {
  part("state").textContent = text;
  speak("state", text);
}

/** What a browser needs to hear a device that speaks: it takes such a voice for an echo or for noise, and silences it. */
function wanted() {
  const clean = !room.querySelector("[name=device_speaks]").checked;
  const source = (name) => (part(name).value ? { deviceId: { exact: part(name).value } } : {});
  const audio = { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean, ...source("microphone") };
  const film = room.querySelector("[name=kind]:checked")?.value !== "sound";
  return { audio, video: film && { width: { ideal: 1280 }, facingMode: "user", ...source("camera") } };
}

async function listDevices() {
  const devices = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  for (const [kind, name] of [["videoinput", "camera"], ["audioinput", "microphone"]]) {
    const found = devices.filter((device) => device.kind === kind && device.deviceId);
    const list = part(name);
    const now = list.value;
    list.replaceChildren(list.options[0], ...found.map((device, n) => new Option(device.label || `${n + 1}`, device.deviceId)));
    list.value = found.some((device) => device.deviceId === now) ? now : "";
    list.closest("[data-devices]").hidden = found.length < 2;
  }
}

function letGo() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  lock?.release?.();
  lock = null;
}

/** It cannot record here: why, and the other way. */
function cannot(why) {
  letGo();
  for (const one of document.querySelectorAll("[data-without-script]")) one.hidden = false;
  become("ready", why);
  part("start").focus();
}

async function start() {
  become("asking");
  try {
    stream = await navigator.mediaDevices.getUserMedia(wanted());
  } catch (error) {
    return cannot({ NotFoundError: "no_device", NotReadableError: "in_use" }[error.name] ?? "no_leave");
  }
  listDevices();
  const kind = stream.getVideoTracks().length ? "film" : "sound";
  const type = KINDS[kind].find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
  let recorder;
  try {
    recorder = new MediaRecorder(stream, { ...(type && { mimeType: type }), videoBitsPerSecond: 2_500_000 });
    recorder.start(EVERY);
  } catch {
    return cannot("no_device");
  }
  take = new Take(recorder, kind);
  part("preview").srcObject = kind === "film" ? stream : null;
  part("seen").hidden = kind !== "film";
  if (kind === "film") part("preview").play().catch(() => {});
  for (const track of stream.getTracks()) {
    track.onended = () => take?.halt("taken_away");
    track.onmute = track.onunmute = tick;
  }
  become("recording");
  part("stop").focus();
  stayAwake();
  clock = setInterval(tick, 1000);
  return undefined;
}

async function stayAwake() {
  if (lock || !navigator.wakeLock) return;
  lock = await navigator.wakeLock.request("screen").catch(() => null);
  lock?.addEventListener("release", () => (lock = null));
}

/** How the recording goes just now: the name of a sentence. */
function how() {
  const muted = (tracks) => tracks.some((track) => track.muted);
  if (muted(stream.getAudioTracks())) return "muted";
  if (muted(stream.getVideoTracks())) return "unseen";
  if (take.waiting) return "line_broke";
  if (take.isBehind) return "line_slow";
  return take.gap ? "gap" : "recording";
}

function tick() {
  if (room.dataset.now !== "recording") return;
  const seconds = Math.round((Date.now() - take.began) / 1000);
  const minutes = Math.floor(seconds / 60);
  const time = minutes ? say("minutes", { minutes, seconds: seconds % 60 }) : say("seconds", { seconds });
  const now = how();
  part("state").textContent = `${say(now)} ${time}`;
  if (now !== take.told) speak("state", say(now));
  else if (seconds && seconds % SAID_AGAIN === 0) speak("state", `${say(now)} ${time}`);
  take.told = now;
}

/** Another app was in front, such as the one that speaks for somebody. Phones may stop a recording meanwhile. */
function wasAway() {
  if (room.dataset.now !== "recording") return;
  if (document.visibilityState === "hidden") {
    take.left = { at: Date.now(), length: take.length };
    return;
  }
  stayAwake();
  if (take.recorder.state === "inactive" || stream.getTracks().every((track) => track.readyState === "ended")) {
    take.halt("taken_away");
    return;
  }
  const silent = take.left && take.length === take.left.length && Date.now() - take.left.at > 2 * EVERY;
  if (silent) take.gap = true;
  tick();
}

/** One recording on its way. */
class Take {
  constructor(recorder, kind) {
    this.recorder = recorder;
    this.name = `${say(`name_${kind}`)}.${ending(recorder.mimeType, kind)}`;
    this.once = token();
    this.began = Date.now();
    this.told = "recording";
    this.pieces = [];
    this.length = 0;
    this.kept = 0;
    this.waiting = false;
    this.over = false;
    this.ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.ondataavailable = ({ data }) => {
      if (this.over || !data.size) return;
      if (this.kept === this.length) this.oldest = Date.now();
      this.pieces.push(data);
      this.length += data.size;
      this.send();
    };
    recorder.onerror = () => this.halt("taken_away");
  }

  get whole() {
    return new Blob(this.pieces, { type: this.recorder.mimeType });
  }

  get isBehind() {
    return this.kept < this.length && Date.now() - this.oldest > BEHIND;
  }

  /** Sends what is there. One request at a time; what comes meanwhile goes with the next. */
  async send() {
    if (this.sending) return this.sending;
    this.sending = this.sendAll();
    await this.sending;
    this.sending = null;
    return undefined;
  }

  async sendAll() {
    while (!this.over && this.kept < this.length) {
      const from = Date.now();
      const answer = this.address
        ? await append(this.address, this.kept, this.whole.slice(this.kept, this.kept + MOST))
        : await begin(this.name, null, this.once);
      this.waiting = !answer.ok;
      if (answer.location) this.address = new URL(answer.location, window.location.href).pathname;
      if (answer.offset > this.kept) this.oldest = from;
      if (answer.offset !== undefined) this.kept = answer.offset;
      this.moved?.();
      if (answer.ok) continue;
      if (["code", "gone", "limit"].includes(answer.why)) {
        this.refused = answer.why;
        return this.halt(answer.why);
      }
      await new Promise((later) => setTimeout(later, 2000));
      const there = this.address && !this.over ? await look(this.address) : {};
      if (there.ok) this.kept = there.kept;
    }
    return undefined;
  }

  /** Something other than the person ended it. */
  async halt(why) {
    if (this.over || room.dataset.now !== "recording") return;
    await stop(why);
  }

  /** Tells the length: now it is whole. Says why not, where it is not. */
  async keep() {
    this.refused = null;
    while (this.kept < this.length && !this.refused) await this.send();
    if (this.refused) return { why: this.refused };
    const told = await until(() => append(this.address, this.length, new Blob([]), { length: this.length }));
    const there = await until(() => look(this.address));
    if (there.ok && there.length === this.length && there.kept === this.length) return there;
    return { why: there.why ?? told.why ?? "line_broke" };
  }

  /** Erases it, here and there. */
  async erase() {
    this.over = true;
    this.pieces = [];
    await this.sending;
    return !this.address || untilGone(this.address);
  }
}

/** How the name of such a file ends. */
function ending(type, kind) {
  if (type.includes("mp4")) return kind === "film" ? "mp4" : "m4a";
  return type.includes("ogg") ? "ogg" : "webm";
}

async function stop(why = "stopped") {
  clearInterval(clock);
  room.dataset.now = "stopping";
  if (take.recorder.state !== "inactive") take.recorder.stop();
  await take.ended;
  letGo();
  part("preview").srcObject = null;
  if (!take.length) {
    // It was stopped before there was anything.
    become("ready", why === "stopped" ? "ready" : why);
    return part("start").focus();
  }
  const player = part("player");
  URL.revokeObjectURL(player.src);
  player.src = URL.createObjectURL(take.whole);
  become("stopped", why);
  part("keep").focus();
  return undefined;
}

/** Wiping cannot be undone, so it is asked first. */
function ask() {
  part("player").pause();
  become("sure");
  part("no").focus();
}

function backToIt() {
  become("stopped");
  part("keep").focus();
}

async function wipe() {
  become("asking", "erasing");
  const old = take;
  take = null;
  part("player").removeAttribute("src");
  const gone = await old.erase();
  become("ready", gone ? "erased" : "code");
  part("start").focus();
}

async function keep() {
  become("keeping");
  part("state").focus();
  take.moved = () => {
    const percent = Math.floor((take.kept / take.length) * 100);
    if (percent < 100) part("state").textContent = `${say("keeping")} ${say("keeping_part", { percent })}`;
  };
  const there = await take.keep();
  take.moved = null;
  if (!there.ok) {
    become("stopped", ["code", "gone", "limit"].includes(there.why) ? there.why : "line_broke_after");
    return part("keep").focus();
  }
  part("player").removeAttribute("src");
  // The page may say itself what comes next.
  if (part("what").dataset.next === undefined) part("what").href = there.item;
  become("kept");
  return part("what").focus();
}

if (room && navigator.mediaDevices?.getUserMedia && window.MediaRecorder) {
  for (const one of document.querySelectorAll("[data-without-script]")) one.hidden = true;
  for (const one of document.querySelectorAll("[data-with-script]")) one.hidden = false;
  for (const [name, act] of Object.entries({ start, stop: () => stop(), again: ask, yes: wipe, no: backToIt, keep })) {
    part(name).addEventListener("click", act);
  }
  document.addEventListener("visibilitychange", wasAway);
  room.hidden = false;
  // Nothing has happened yet: it stands on the page, and is not said a second time by the live region.
  show("ready");
  part("state").textContent = say("ready");
}
