// The resumable protocol (tus 1.0.0) as this page speaks it: begin, add a piece, ask where it stands, take out.
// Every answer is a plain object; nothing is thrown. What to do after a failure is sending.js's.
//
//   { ok: true, … }    it was done
//   { why: "network" } no answer came, or none of ours: the line, a proxy, or a server that is away
//   { why: "refused", status } something on the way (not us) answered instead of us
//   { why: "busy", after } we cannot just now: ask again after so many seconds
//   { why: "full" | "limit" | "code" | "gone" | "elsewhere" | "moved" | "unreadable", offset? }

const VERSION = { "Tus-Resumable": "1.0.0" };
/** Milliseconds without a byte leaving the device, or without an answer, after which a request is given up. */
const PATIENCE = 30_000;

/** How bytes and wishes travel: some networks let out only GET and POST. */
export const road = { onlyPost: false };

function send(method, address, headers, body, { signal, moving } = {}) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const post = road.onlyPost && method !== "GET" && method !== "POST";
    request.open(post ? "POST" : method, address);
    for (const [name, value] of Object.entries({ ...VERSION, ...headers })) request.setRequestHeader(name, value);
    if (post) request.setRequestHeader("X-HTTP-Method-Override", method);
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), PATIENCE);
    };
    const end = (answer) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      resolve(answer);
    };
    const stop = () => request.abort();
    signal?.addEventListener("abort", stop);
    request.upload.onprogress = (event) => {
      wait();
      moving?.(event.loaded);
    };
    request.upload.onload = wait;
    request.onload = () => end(understand(request));
    // Safari tells of a line that it dropped as "abort"; only our own signal is a person's wish.
    request.onerror = request.onabort = () => end(signal?.aborted ? { why: "stopped" } : { why: "network" });
    wait();
    try {
      request.send(body ?? null);
    } catch {
      end({ why: "unreadable" });
    }
  });
}

function understand(request) {
  const { status } = request;
  const header = (name) => request.getResponseHeader(name);
  if (!header("Tus-Resumable")) return status >= 500 ? { why: "busy" } : { why: "refused", status };
  const offset = header("Upload-Offset") === null ? undefined : Number(header("Upload-Offset"));
  if (status < 300) return { ok: true, offset, location: header("Location"), text: request.responseText };
  const after = Number(header("Retry-After")) || undefined;
  const meaning = { 403: "code", 404: "gone", 409: "moved", 410: "gone", 413: "limit", 423: "elsewhere", 507: "full" };
  return { why: meaning[status] ?? (status >= 500 ? "busy" : "refused"), status, offset, after };
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

/** Begins an upload. `once` is the same for each try, so that an answer that was lost does not begin two. */
export function begin(name, length, once) {
  // Of a recording nobody knows the length yet.
  const isRecording = length === null;
  const metadata = `filename ${base64(name)},once ${base64(once)}${isRecording ? ",recorded" : ""}`;
  const size = isRecording ? { "Upload-Defer-Length": "1" } : { "Upload-Length": String(length) };
  return send("POST", "/uploads", { ...size, "Upload-Metadata": metadata });
}

/** Adds a piece where the upload stands. `moving` hears how much of it has left the device, which promises nothing. */
export function append(address, offset, piece, { length, signal, moving } = {}) {
  const headers = { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(offset) };
  if (length !== undefined) headers["Upload-Length"] = String(length);
  return send("PATCH", address, headers, piece, { signal, moving });
}

/** Where an upload stands, with the digests of its parts. GET, because it goes through everywhere. */
export async function look(address) {
  const answer = await send("GET", address, {});
  return answer.ok ? read(answer) : answer;
}

/** Everything of this draft that is not sent yet. */
export async function list() {
  const answer = await send("GET", "/uploads", {});
  return answer.ok ? read(answer) : answer;
}

/** Takes an upload out. */
export function remove(address) {
  return send("DELETE", address, {});
}

function read(answer) {
  try {
    return { ok: true, ...JSON.parse(answer.text) };
  } catch {
    return { why: "network" };
  }
}
