// Firefox, driven over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), with the camera and microphone that it makes
// up itself. No more of the protocol than these checks need.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';

const preferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'app.update.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.aboutwelcome.enabled': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,none',
};

/** Starts Firefox, and gives one window: `open(url)`, `run(expression)` and `until(expression)`. */
export async function firefox() {
  const profile = mkdtempSync(join(tmpdir(), 'heard-firefox.'));
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const program = process.env.HEARD_TEST_FIREFOX ?? '/usr/bin/firefox-esr';
  const child = spawn(program, ['--headless', '--no-remote', '--profile', profile, '--remote-debugging-port', '0', 'about:blank'], {
    env: { ...process.env, HOME: profile }, stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = new Promise((end) => child.on('exit', end));
  const stop = async () => {
    child.kill();
    await Promise.race([ended, new Promise((later) => setTimeout(later, 5000))]);
    child.kill('SIGKILL');
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const line = await connect(await address(child));
    await line.ask('session.new', { capabilities: {} });
    const { contexts: [{ context }] } = await line.ask('browsingContext.getTree', {});
    return { ...windowOf(line, context), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function address(child) {
  return new Promise((found, failed) => {
    let said = '';
    const timer = setTimeout(() => failed(new Error(`Firefox did not start: ${said}`)), 60_000);
    child.on('error', failed);
    child.stderr.on('data', (text) => {
      said += text;
      const listening = said.match(/WebDriver BiDi listening on (ws:\S+)/);
      if (listening) {
        clearTimeout(timer);
        found(listening[1]);
      }
    });
  });
}

async function connect(url) {
  const socket = new WebSocket(`${url}/session`);
  await new Promise((open, failed) => {
    socket.on('open', open);
    socket.on('error', failed);
  });
  const waiting = new Map();
  let last = 0;
  socket.on('message', (text) => {
    const answer = JSON.parse(text);
    const ask = waiting.get(answer.id);
    if (!ask) return;
    waiting.delete(answer.id);
    if (answer.type === 'success') ask.done(answer.result);
    else ask.failed(new Error(`${answer.error}: ${answer.message}`));
  });
  return {
    ask: (method, params) => new Promise((done, failed) => {
      last += 1;
      waiting.set(last, { done, failed });
      socket.send(JSON.stringify({ id: last, method, params }));
    }),
  };
}

function windowOf(line, context) {
  const run = async (expression) => {
    const { type, result, exceptionDetails } = await line.ask('script.evaluate', {
      expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
      target: { context }, awaitPromise: true, userActivation: true,
    });
    if (type === 'exception') throw new Error(`${expression.slice(0, 80)}: ${exceptionDetails.text}`);
    return JSON.parse(result.value);
  };
  return {
    open: (url) => line.ask('browsingContext.navigate', { context, url, wait: 'complete' }),
    run,
    async until(expression, seconds = 30) {
      for (const from = Date.now(); Date.now() - from < seconds * 1000;) {
        if (await run(expression).catch(() => false)) return;
        await new Promise((later) => setTimeout(later, 200));
      }
      throw new Error(`it never came: ${expression}; the page says: ${await run('document.querySelector("main")?.innerText')}`);
    },
  };
}
