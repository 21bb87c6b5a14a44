// Recording in the page. What is said is sent while it is said, two seconds at a time, as an upload whose length is told at
// the end: a flat battery or a closed page loses no more than what was under way. Nothing stays on the device.
//
//   ready → asking → recording → stopped → keeping → kept
//             ↓ (no leave to record)   ↘ again: erased here and at the server → ready
//
// Every word comes from the page. Without script, or where a browser cannot record, the page says how to use a camera.

import { token, until, untilGone } from "./sending.js";
import { append, begin, look } from "./tus.js";

const EVERY = 2000;
const MOST = 8 * 1024 * 1024;
const KINDS = {
  film: ["video/webm;codecs=vp8,opus", "video/webm", "video/mp4"],
  sound: ["audio/webm;codecs=opus", "audio/webm", "audio/mp4"],
};

const room = document.querySelector("[data-recorder]");
const part = (name) => room.querySelector(`[data-part=${name}]`);
const spoken = document.querySelector("[data-spoken]");
let stream = null;
let take = null;
let clock = null;

function say(name, values = {}) {
  const text = room.querySelector("template").content.querySelector(`[data-word=${name}]`)?.textContent ?? "";
  return text.replace(/\{(\w+)\}/g, (_, value) => values[value] ?? "");
}

/** Shows what is to be seen in this state, and says it. */
function become(state, sentence, values) {
  room.dataset.now = state;
  for (const one of room.querySelectorAll("[data-in]")) one.hidden = !one.dataset.in.split(" ").includes(state);
  tell(say(sentence ?? state, values), true);
}

function tell(text, aloud) {
  part("state").textContent = text;
  if (aloud && spoken.textContent !== text) spoken.textContent = text;
}

const chosen = (name) => room.querySelector(`[name=${name}]:checked`)?.value;

async function ask() {
  const film = chosen("kind") !== "sound";
  const clean = !room.querySelector("[name=device_speaks]").checked;
  const source = (name) => (part(name).value ? { deviceId: { exact: part(name).value } } : {});
  const audio = { echoCancellation: clean, noiseSuppression: clean, autoGainControl: clean, ...source("microphone") };
  const video = film ? { width: { ideal: 1280 }, facingMode: "user", ...source("camera") } : false;
  return navigator.mediaDevices.getUserMedia({ audio, video });
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

async function start() {
  become("asking");
  try {
    stream = await ask();
  } catch (error) {
    return become("ready", error.name === "NotFoundError" ? "no_device" : "no_leave");
  }
  listDevices();
  const kind = stream.getVideoTracks().length ? "film" : "sound";
  const type = KINDS[kind].find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
  let recorder;
  try {
    recorder = new MediaRecorder(stream, { ...(type && { mimeType: type }), videoBitsPerSecond: 2_500_000 });
    recorder.start(EVERY);
  } catch {
    for (const track of stream.getTracks()) track.stop();
    return become("ready", "no_device");
  }
  take = new Take(recorder, kind);
  part("preview").srcObject = kind === "film" ? stream : null;
  part("seen").hidden = kind !== "film";
  if (kind === "film") part("preview").play().catch(() => {});
  for (const track of stream.getTracks()) {
    track.onended = () => take?.halt("taken_away");
    track.onmute = () => room.dataset.now === "recording" && tell(say("muted"), true);
    track.onunmute = () => room.dataset.now === "recording" && tell(say("recording"), true);
  }
  take.began = Date.now();
  become("recording");
  part("stop").focus();
  clock = setInterval(tick, 1000);
  return undefined;
}

function tick() {
  const seconds = Math.round((Date.now() - take.began) / 1000);
  const minutes = Math.floor(seconds / 60);
  const time = minutes ? say("minutes", { minutes, seconds: seconds % 60 }) : say("seconds", { seconds });
  const line = take.waiting ? say("line_broke") : say("recording");
  tell(`${line} ${time}`, false);
  if (seconds % 30 === 0) spoken.textContent = `${line} ${time}`;
}

/** One recording on its way. */
class Take {
  constructor(recorder, kind) {
    this.recorder = recorder;
    this.name = `${say(`name_${kind}`)}.${recorder.mimeType.includes("mp4") ? (kind === "film" ? "mp4" : "m4a") : "webm"}`;
    this.once = token();
    this.pieces = [];
    this.length = 0;
    this.kept = 0;
    this.waiting = false;
    this.over = false;
    this.ended = new Promise((resolve) => (recorder.onstop = resolve));
    recorder.ondataavailable = ({ data }) => {
      this.pieces.push(data);
      this.length += data.size;
      this.send();
    };
    recorder.onerror = () => this.halt("taken_away");
  }

  get whole() {
    return new Blob(this.pieces, { type: this.recorder.mimeType });
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
      const answer = this.address
        ? await append(this.address, this.kept, this.whole.slice(this.kept, this.kept + MOST))
        : await begin(this.name, null, this.once);
      this.waiting = !answer.ok;
      if (answer.location) this.address = new URL(answer.location, window.location.href).pathname;
      if (answer.offset !== undefined) this.kept = answer.offset;
      if (answer.ok) continue;
      if (["code", "gone", "limit"].includes(answer.why)) {
        this.refused = answer.why;
        return this.halt(answer.why);
      }
      await new Promise((later) => setTimeout(later, 2000));
      const there = this.address ? await look(this.address) : {};
      if (there.ok) this.kept = there.kept;
    }
    return undefined;
  }

  /** Something other than the person ended it. What was said until then is here. */
  async halt(why) {
    if (this.over || room.dataset.now !== "recording") return;
    await stop();
    tell(say(why), true);
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

async function stop() {
  clearInterval(clock);
  if (take.recorder.state !== "inactive") take.recorder.stop();
  await take.ended;
  for (const track of stream.getTracks()) track.stop();
  part("preview").srcObject = null;
  if (!take.length) return become("ready", "no_device");
  const player = part("player");
  URL.revokeObjectURL(player.src);
  player.src = URL.createObjectURL(take.whole);
  become("stopped");
  part("keep").focus();
  return undefined;
}

async function again() {
  become("asking", "erasing");
  const old = take;
  take = null;
  part("player").removeAttribute("src");
  if (!(await old.erase())) return become("ready", "code");
  become("ready", "erased");
  part("start").focus();
  return undefined;
}

async function keep() {
  become("keeping");
  const there = await take.keep();
  if (!there.ok) return become("stopped", ["code", "gone", "limit"].includes(there.why) ? there.why : "line_broke");
  part("player").removeAttribute("src");
  part("what").href = there.item;
  become("kept");
  part("what").focus();
  return undefined;
}

if (room && navigator.mediaDevices?.getUserMedia && window.MediaRecorder) {
  for (const one of document.querySelectorAll("[data-without-script]")) one.hidden = true;
  part("start").addEventListener("click", start);
  part("stop").addEventListener("click", stop);
  part("again").addEventListener("click", again);
  part("keep").addEventListener("click", keep);
  room.hidden = false;
  become("ready");
}
