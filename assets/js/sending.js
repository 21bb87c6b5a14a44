// One file on its way: piece after piece, for as long as the device is online, until the last byte is safe.
//
//   waiting → sending ⇄ trying (the line, a busy server) → here
//                ⇅ paused            ↘ stopped, with a reason that a person must know
//
// `kept` is what the server promised, never what has left the device. What a person reads of it is upload.js's.

import { append, begin, list, look, remove, road } from "./tus.js";

const SMALLEST = 256 * 1024;
const LARGEST = 8 * 1024 * 1024;
/** A piece should take about so many seconds: long enough to be quick, short enough that little is sent twice. */
const PIECE_SECONDS = 8;
/** Tries without a new byte, at one way of sending, before another way is tried. */
const TRIES = 3;
const LONGEST_WAIT = 60;

export class Sending {
  /** `changed` is called whenever something can be said anew. */
  constructor(file, changed, found = null) {
    this.file = file;
    this.name = file.name;
    this.length = file.size;
    this.changed = changed;
    this.address = found?.address ?? null;
    this.item = found?.item ?? null;
    this.kept = found?.kept ?? 0;
    this.once = token();
    this.piece = 1024 * 1024;
    this.state = "waiting";
    this.reason = null;
    this.fails = 0;
    this.began = null;
    this.beganAt = 0;
  }

  /** Seconds that are left, once something can be said about it. */
  get secondsLeft() {
    const seconds = (performance.now() - this.began) / 1000;
    const moved = this.kept - this.beganAt;
    if (this.began === null || moved < SMALLEST || seconds < 4) return null;
    return ((this.length - this.kept) / moved) * seconds;
  }

  pause() {
    if (this.state === "here") return;
    this.become("paused");
    this.stop?.abort();
  }

  /** Takes it out, here and at the server. */
  async takeOut() {
    this.stop?.abort();
    // An upload that is being begun has no address yet.
    await this.running;
    const gone = this.address ? await untilGone(this.address) : true;
    this.taking = false;
    if (!gone) return this.become("stopped", "code");
    this.state = "out";
    return this.changed(this);
  }

  become(state, reason = null) {
    if (this.state === "paused" && state === "trying") return;
    this.state = state;
    this.reason = reason;
    this.changed(this);
  }

  /** Sends until it is here, paused or stopped. One run at a time: an older one that was told to stop ends first. */
  run() {
    const before = this.running;
    this.stop = new AbortController();
    this.state = "sending";
    this.running = this.sendAll(this.stop.signal, before);
    return this.running;
  }

  async sendAll(signal, before) {
    await before;
    if (signal.aborted) return;
    this.fails = 0;
    this.reached = false;
    this.began = null;
    this.become("sending");
    while (!signal.aborted && this.state !== "here") {
      const answer = this.address ? await this.sendPiece(signal) : await this.beginIt();
      if (signal.aborted || answer.why === "stopped") return;
      if (answer.ok) await this.moveOn(answer, signal);
      else if (!(await this.mend(answer, signal))) return;
    }
  }

  async beginIt() {
    const answer = await begin(this.name, this.length, this.once);
    if (answer.ok) this.address = new URL(answer.location, window.location.href).pathname;
    return answer;
  }

  async sendPiece(signal) {
    if (this.kept >= this.length) return { ok: true };
    if (this.began === null) {
      this.began = performance.now();
      this.beganAt = this.kept;
    }
    const piece = this.file.slice(this.kept, this.kept + this.piece);
    const from = performance.now();
    const answer = await append(this.address, this.kept, piece, { signal });
    if (answer.ok) this.fit(piece.size, (performance.now() - from) / 1000);
    return answer;
  }

  /** Makes the next piece as large as the line is fast. */
  fit(size, seconds) {
    if (size < this.piece) return;
    const wanted = (size / Math.max(seconds, 0.05)) * PIECE_SECONDS;
    const most = road.most ?? LARGEST;
    this.piece = Math.max(SMALLEST, Math.min(most, this.piece * 2, wanted));
  }

  async moveOn(answer, signal) {
    if (answer.offset > this.kept) this.fails = 0;
    this.kept = answer.offset ?? this.kept;
    if (this.kept < this.length) return this.become("sending");
    const there = await until(() => look(this.address));
    this.item = there.item ?? this.item;
    return signal.aborted ? undefined : this.become("here");
  }

  /** After a failure: what to do next. False when only a person can go on. */
  async mend(answer, signal) {
    const { why } = answer;
    if (["code", "limit", "gone", "unreadable"].includes(why)) return this.give(why);
    if (why === "moved" && answer.offset !== undefined) {
      this.kept = answer.offset;
      return true;
    }
    if (!(await this.readable())) return this.give("unreadable");
    this.fails += 1;
    const notOurs = why === "network" || why === "refused";
    if (notOurs && this.fails >= TRIES && navigator.onLine && !this.otherWay()) return this.give("blocked");
    this.become("trying", navigator.onLine ? ({ full: "full", busy: "busy" }[why] ?? "line") : "offline");
    await pause(answer.after ?? Math.min(LONGEST_WAIT, 2 ** (this.fails - 1)), signal);
    return signal.aborted || this.lookWhere(signal);
  }

  /** Asks how far it is. Where we are reached, it is the piece that does not get through. */
  async lookWhere(signal) {
    const there = await (this.address ? look(this.address) : list());
    if (signal.aborted) return true;
    if (there.why === "gone" || there.why === "code") return this.give(there.why);
    this.reached = there.ok === true;
    if (this.reached && this.address) {
      if (there.kept > this.kept) this.fails = 0;
      this.kept = there.kept;
    }
    // Until we are reached, it stays said that there is no line.
    if (this.reached) this.become("sending");
    return true;
  }

  /** Another way for the bytes to get out; false when there is none left. While we are not reached at all, waiting is
   * the only way. */
  otherWay() {
    if (!this.reached) return true;
    this.fails = 0;
    if (this.address && !road.onlyPost) {
      road.onlyPost = true;
    } else if (this.address && this.piece > SMALLEST) {
      this.piece = Math.max(SMALLEST, this.piece / 4);
      road.most = this.piece;
    } else {
      road.onlyPost = false;
      delete road.most;
      return false;
    }
    return true;
  }

  give(reason) {
    this.become("stopped", reason);
    return false;
  }

  /** Phones take a file away from a page: when it was changed or moved, or when memory is short. */
  async readable() {
    if (this.length === 0) return true;
    try {
      await this.file.slice(0, 1).arrayBuffer();
      return true;
    } catch {
      return false;
    }
  }
}

/** Whether a file that was chosen again begins with exactly what we already have of `found`. */
export async function isSame(file, found, part) {
  if (!crypto.subtle || file.size < found.kept || (found.length !== null && found.length !== file.size)) return false;
  for (let at = 0, n = 0; at < found.kept; at += part, n += 1) {
    const stretch = await file.slice(at, Math.min(at + part, found.kept)).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", stretch));
    const hex = Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
    if (found.sha256[n] !== hex) return false;
  }
  return true;
}

/** Waits so many seconds; less when the device comes back online, or is told to stop. */
function pause(seconds, signal) {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    // A little chance keeps a thousand phones from coming back in the same moment.
    const timer = setTimeout(done, seconds * 1000 * (0.75 + Math.random() / 2));
    window.addEventListener("online", done);
    signal?.addEventListener("abort", done);
  });
}

/** Takes an upload out, however long the line is away: nobody is told that something is gone while it is there. False
 * when the code is needed first. */
export async function untilGone(address) {
  for (;;) {
    const answer = await until(() => remove(address));
    if (answer.ok || answer.why === "gone") return true;
    if (answer.why === "code") return false;
  }
}

/** Asks again until it is done, or nobody can do it. */
export async function until(ask) {
  for (let tries = 0; ; tries += 1) {
    const answer = await ask();
    if (answer.ok || ["gone", "code", "limit"].includes(answer.why) || tries >= 8) return answer;
    await pause(Math.min(LONGEST_WAIT, 2 ** tries));
  }
}

/** A random value that names one try for ever. */
export function token() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
