// Starts the real program in a temporary folder, and says what it says of itself.
import { execFile, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pseudo } from './pseudo.mjs';

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

/** The tag of the made-up language. */
export const RIGHT_TO_LEFT = 'ar';

/** Starts it; `settings` are further settings, by their variables. */
export async function start(heard, settings = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'heard-pages.'));
  const port = await freePort();
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('HEARD_'));
  const env = {
    ...Object.fromEntries(kept),
    HEARD_DATA: join(folder, 'data'),
    HEARD_LISTEN: `127.0.0.1:${port}`,
    HEARD_OPERATOR_NAME: 'The Made Up Trust',
    HEARD_READING_HOURS: 'Monday to Friday, 9am to 5pm',
    // A second language, made up for this run, so that pages are also seen as they run from right to left.
    HEARD_WORDS: pseudo(join(folder, 'words'), RIGHT_TO_LEFT),
    HEARD_SECURITY_CONTACT: 'mailto:security@heard.example',
    ...settings,
  };
  const settled = { env, encoding: 'utf8', maxBuffer: 1 << 26 };
  const run = (...args) => execFileSync(heard, args, settled);
  // Nobody else of this process waits while the demonstration is made.
  const saidBy = async (...args) => (await promisify(execFile)(heard, args, settled)).stdout;
  const addresses = JSON.parse(await saidBy('addresses', '--json'));
  const demo = await saidBy('demo');
  const log = join(folder, 'log');
  const out = openSync(log, 'a');
  const child = spawn(heard, ['serve'], { env, stdio: ['ignore', out, out] });
  const origin = `http://127.0.0.1:${port}`;
  const stop = () => { child.kill(); rmSync(folder, { recursive: true, force: true }); };
  for (let tries = 0; ; tries += 1) {
    const answer = await fetch(`${origin}/health/live`).catch(() => null);
    if (answer?.ok) break;
    if (tries > 300 || child.exitCode !== null) {
      const said = readFileSync(log, 'utf8');
      stop();
      throw new Error(`heard did not start:\n${said}`);
    }
    await new Promise((later) => setTimeout(later, 100));
  }
  return { origin, addresses, demo, run, stop, log: () => readFileSync(log, 'utf8') };
}
