// Chromium on the desktop where the screen reader listens. What no key can do (a cookie, a file that is chosen, an address
// that is opened) goes over the DevTools protocol (https://chromedevtools.github.io/devtools-protocol/).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { later, until } from './desktop.mjs';

/** The program. */
export const CHROMIUM = process.env.HEARD_TEST_CHROMIUM ?? '/usr/bin/chromium';

const WebSocket = createRequire(new URL('../checks/pages.mjs', import.meta.url))('ws');

export async function chromium(desktop) {
  const profile = join(desktop.home, 'chromium');
  mkdirSync(join(profile, 'Default'), { recursive: true });
  const quiet = { credentials_enable_service: false, profile: { password_manager_enabled: false }, autofill: { profile_enabled: false } };
  writeFileSync(join(profile, 'Default', 'Preferences'), JSON.stringify(quiet));
  desktop.launch('chromium', CHROMIUM, [
    '--no-sandbox', '--force-renderer-accessibility=complete', `--user-data-dir=${profile}`, '--no-first-run',
    '--no-default-browser-check', '--disable-gpu', '--disable-sync', '--disable-dev-shm-usage', '--disable-background-networking',
    '--disable-component-update', '--disable-features=Translate,MediaRouter,OptimizationHints,Autofill', '--lang=en-GB',
    '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required',
    '--password-store=basic', '--window-size=1280,1000', '--window-position=0,0', '--remote-debugging-port=0', 'data:text/html,<title>Ready</title><p>Ready</p>',
  ]);
  const port = await until(() => existsSync(join(profile, 'DevToolsActivePort')) && readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n')[0], 60, 'Chromium did not start');
  const target = await until(async () => {
    const all = await fetch(`http://127.0.0.1:${port}/json/list`).then((answer) => answer.json()).catch(() => []);
    return all.find(({ type }) => type === 'page');
  }, 30, 'Chromium opened no page');
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await new Promise((open, failed) => { socket.on('open', open); socket.on('error', failed); });
  const waiting = new Map();
  let last = 0;
  let loads = 0;
  socket.on('message', (text) => {
    const answer = JSON.parse(text);
    if (answer.method === 'Page.loadEventFired') loads += 1;
    const ask = waiting.get(answer.id);
    if (!ask) return;
    waiting.delete(answer.id);
    if (answer.error) ask.failed(new Error(answer.error.message));
    else ask.done(answer.result);
  });
  const ask = (method, params = {}) => new Promise((done, failed) => {
    last += 1;
    waiting.set(last, { done, failed });
    socket.send(JSON.stringify({ id: last, method, params }));
  });
  const run = async (expression) => {
    const { result, exceptionDetails } = await ask('Runtime.evaluate', { expression: `JSON.stringify(${expression})`, returnByValue: true });
    if (exceptionDetails) throw new Error(`${expression.slice(0, 80)}: ${exceptionDetails.exception?.description}`);
    return JSON.parse(result.value ?? 'null');
  };
  await ask('Page.enable');
  await ask('Network.enable');
  await desktop.show('chromium');
  return {
    run,
    loads: () => loads,
    async open(url) {
      const before = loads;
      await ask('Page.navigate', { url });
      await until(() => loads > before, 30, `${url} did not load`);
    },
    async become(cookies, origin) {
      await ask('Network.clearBrowserCookies');
      for (const { name, value, path, httpOnly } of cookies) await ask('Network.setCookie', { name, value, path, httpOnly, url: origin });
    },
    scripts: (on) => ask('Emulation.setScriptExecutionDisabled', { value: !on }),
    async choose(selector, files) {
      const { root } = await ask('DOM.getDocument', { depth: 0 });
      const { nodeId } = await ask('DOM.querySelector', { nodeId: root.nodeId, selector });
      if (!nodeId) throw new Error(`there is no ${selector}`);
      await ask('DOM.setFileInputFiles', { nodeId, files });
    },
    /** Nothing goes over the line any more, or everything again. */
    offline: (is) => ask('Network.emulateNetworkConditions', { offline: is, latency: 0, downloadThroughput: -1, uploadThroughput: -1 }),
    speed: (bytes) => ask('Network.emulateNetworkConditions', { offline: false, latency: 20, downloadThroughput: -1, uploadThroughput: bytes }),
    async stop() { socket.close(); await later(0); },
  };
}
