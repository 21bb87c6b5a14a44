// A network that lets little out, as schools and hospitals have them: a real proxy that passes only GET and POST, and no
// body above a size. It answers the rest itself, in its own words.
import { createServer, request } from 'node:http';

export async function narrow(to, mostBytes) {
  const passed = { largest: 0, refused: 0 };
  const server = createServer((asked, answer) => {
    const size = Number(asked.headers['content-length'] ?? 0);
    const refuse = (status, words) => {
      passed.refused += 1;
      asked.resume();
      answer.writeHead(status, { 'Content-Type': 'text/html', Connection: 'close' }).end(`<h1>${words}</h1>`);
    };
    if (!['GET', 'POST'].includes(asked.method)) return refuse(405, 'Method blocked by policy');
    if (size > mostBytes) return refuse(413, 'Too large for this network');
    passed.largest = Math.max(passed.largest, size);
    const on = request(to + asked.url, { method: asked.method, headers: asked.headers }, (came) => {
      answer.writeHead(came.statusCode, came.rawHeaders);
      came.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.pipe(on);
    return undefined;
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { origin: `http://127.0.0.1:${server.address().port}`, passed, close: () => server.close() };
}

/** A line that lets everything through and remembers the bytes of each upload, as they left the browser. */
export async function remembering(to) {
  const uploads = new Map();
  const server = createServer((asked, answer) => {
    const pieces = [];
    const on = request(to + asked.url, { method: asked.method, headers: asked.headers }, (came) => {
      // Only what the server said it took counts.
      if (asked.method === 'PATCH' && came.statusCode === 204) {
        const piece = Buffer.concat(pieces);
        const at = Number(asked.headers['upload-offset']);
        const before = uploads.get(asked.url) ?? Buffer.alloc(0);
        uploads.set(asked.url, Buffer.concat([before.subarray(0, at), piece]));
      }
      answer.writeHead(came.statusCode, came.rawHeaders);
      came.pipe(answer);
    });
    on.on('error', () => answer.destroy());
    asked.on('data', (bytes) => pieces.push(bytes));
    asked.pipe(on);
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    bytesOf: (address) => uploads.get(address) ?? Buffer.alloc(0),
    close: () => (server.close(), server.closeAllConnections()),
  };
}
