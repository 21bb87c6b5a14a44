// Serves this folder on this machine alone, for whatever looks at its pages or listens to them.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname } from 'node:path';

export const HOME = new URL('./', import.meta.url);

const KINDS = { '.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript', '.svg': 'image/svg+xml' };

/** What each page has wrong, and who must catch it. */
export const rows = () => JSON.parse(readFileSync(new URL('faults.json', HOME), 'utf8'));

export async function serveFaults() {
  const server = createServer((asked, answer) => {
    try {
      const path = new URL(asked.url, 'http://here').pathname;
      const bytes = readFileSync(new URL(`.${path}`, HOME));
      answer.writeHead(200, { 'content-type': KINDS[extname(path)] ?? 'application/octet-stream' }).end(bytes);
    } catch {
      answer.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  return { origin: `http://127.0.0.1:${server.address().port}`, stop: () => server.close() };
}
