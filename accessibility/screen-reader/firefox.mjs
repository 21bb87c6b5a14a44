// Firefox on the desktop where the screen reader listens, with the same verbs as chromium.mjs. What no key can do goes over
// WebDriver BiDi (https://w3c.github.io/webdriver-bidi/). It cannot slow its line down, so that journeys which need that
// are heard in Chromium.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { until } from './desktop.mjs';

/** The program. */
export const FIREFOX = process.env.HEARD_TEST_FIREFOX ?? '/usr/bin/firefox-esr';

const WebSocket = createRequire(new URL('../checks/pages.mjs', import.meta.url))('ws');

const PREFERENCES = {
  'accessibility.force_disabled': -1,
  'app.normandy.enabled': false,
  'app.update.enabled': false,
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'browser.translations.enable': false,
  'datareporting.policy.dataSubmissionEnabled': false,
  'datareporting.policy.firstRunURL': '',
  'media.navigator.permission.disabled': true,
  'media.navigator.streams.fake': true,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'services.settings.server': 'data:,none',
  'signon.rememberSignons': false,
  'termsofuse.bypassNotification': true,
  'toolkit.telemetry.enabled': false,
};

/** Whether script runs is settled when it starts. */
export async function firefox(desktop, { scripts = true } = {}) {
  const profile = join(desktop.home, 'firefox');
  mkdirSync(profile, { recursive: true });
  const lines = Object.entries({ ...PREFERENCES, 'javascript.enabled': scripts }).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  const log = desktop.launch('firefox', FIREFOX, [
    '--no-remote', '--profile', profile, '--width', '1280', '--height', '1000', '--remote-debugging-port', '0', 'data:text/html,<title>Ready</title><p>Ready</p>',
  ]);
  const address = await until(() => readFileSync(desktop.logOf('firefox'), 'utf8').match(/WebDriver BiDi listening on (ws:\S+)/)?.[1], 90, 'Firefox did not start');
  if (log.exitCode !== null) throw new Error('Firefox ended');
  const socket = new WebSocket(`${address}/session`);
  await new Promise((open, failed) => { socket.on('open', open); socket.on('error', failed); });
  const waiting = new Map();
  let last = 0;
  let loads = 0;
  socket.on('message', (text) => {
    const answer = JSON.parse(text);
    if (answer.method === 'browsingContext.load') loads += 1;
    const ask = waiting.get(answer.id);
    if (!ask) return;
    waiting.delete(answer.id);
    if (answer.type === 'success') ask.done(answer.result);
    else ask.failed(new Error(`${answer.error}: ${answer.message}`));
  });
  const ask = (method, params = {}) => new Promise((done, failed) => {
    last += 1;
    waiting.set(last, { done, failed });
    socket.send(JSON.stringify({ id: last, method, params }));
  });
  await ask('session.new', { capabilities: {} });
  await ask('session.subscribe', { events: ['browsingContext.load'] });
  const { contexts: [{ context }] } = await ask('browsingContext.getTree');
  const target = { context, sandbox: 'ear' };
  const run = async (expression) => {
    const { type, result, exceptionDetails } = await ask('script.evaluate', { expression: `JSON.stringify(${expression}) ?? "null"`, target, awaitPromise: false });
    if (type === 'exception') throw new Error(`${expression.slice(0, 80)}: ${exceptionDetails.text}`);
    return JSON.parse(result.value);
  };
  await desktop.show('firefox');
  return {
    run,
    loads: () => loads,
    async open(url) {
      const before = loads;
      await ask('browsingContext.navigate', { context, url, wait: 'complete' });
      await until(() => loads > before, 30, `${url} did not load`);
    },
    async become(cookies, origin) {
      await ask('storage.deleteCookies', {});
      const domain = new URL(origin).hostname;
      for (const { name, value, path, httpOnly } of cookies) {
        await ask('storage.setCookie', { cookie: { name, value: { type: 'string', value }, domain, path, httpOnly, sameSite: 'lax' } });
      }
    },
    scripts: async () => {},
    async choose(selector, files) {
      const { result } = await ask('script.evaluate', { expression: `document.querySelector(${JSON.stringify(selector)})`, target, awaitPromise: false });
      await ask('input.setFiles', { context, element: { sharedId: result.sharedId }, files });
    },
    async stop() { socket.close(); },
  };
}
