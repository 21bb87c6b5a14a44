// A desktop of its own with a real screen reader on it: Xvfb, D-Bus, AT-SPI, a window manager, speech-dispatcher with a
// voice that writes (speech.py), and Orca. Keys are pressed through the X server, as a keyboard does. Each desktop has
// its own folder and its own home, so that two stand side by side and nothing is left behind.
import { spawn } from 'node:child_process';
import { closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const later = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until something is true, and gives it. */
export async function until(what, seconds, message) {
  for (const from = Date.now(); Date.now() - from < seconds * 1000; await later(50)) {
    const found = await what();
    if (found) return found;
  }
  throw new Error(message);
}

// Fixed, so that what is said does not depend on whose machine this is. Whole words of a page, and no tips or key echo.
const ORCA = {
  enableSpeech: true, onlySpeakDisplayedText: false, enableBraille: false, enableBrailleMonitor: false,
  enableEchoByWord: false, enableKeyEcho: false, enableTutorialMessages: false, sayAllOnLoad: false,
  speechServerFactory: 'speechdispatcherfactory', speechServerInfo: ['Default Synthesizer', 'default'],
  keyboardLayout: 1, orcaModifierKeys: ['Insert', 'KP_Insert'], speechVerbosityLevel: 1,
  presentTimeFormat: '%X', profile: ['Default', 'default'],
};

const CUSTOMIZATIONS = new URL('orca-customizations.py', import.meta.url).pathname;
const VOICE = new URL('speech.py', import.meta.url).pathname;
/** The groups of processes that were started and have not ended. */
const alive = new Set();

/** Starts one. `slow` is how many milliseconds a character takes to say. */
export async function desktop({ slow = 0 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'heard-ear.'));
  const started = [];
  const speech = join(folder, 'speech');
  writeFileSync(speech, '');
  for (const name of ['bin', 'run', 'home', 'logs', 'orca', 'speechd', 'speechd/modules']) mkdirSync(join(folder, name), { mode: 0o700 });
  const env = {
    // The system's own Python has Orca's libraries; another one that stands before it in the path has not.
    PATH: `${join(folder, 'bin')}:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin`, HOME: join(folder, 'home'), LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8',
    XDG_RUNTIME_DIR: join(folder, 'run'), GSETTINGS_BACKEND: 'memory', GTK_MODULES: 'gail:atk-bridge', NO_AT_BRIDGE: '0',
    ACCESSIBILITY_ENABLED: '1', GNOME_ACCESSIBILITY: '1', MOZ_ENABLE_WAYLAND: '0', TZ: 'Europe/London',
    SPEECHD_ADDRESS: `unix_socket:${join(folder, 'run', 'speechd.sock')}`,
    HEARD_SPEECH_FILE: speech, HEARD_SPEECH_MS_A_CHARACTER: String(slow),
  };

  function launch(name, program, args, stdio = 'ignore') {
    const log = openSync(join(folder, 'logs', name), 'a');
    const child = spawn(program, args, { env, stdio: ['ignore', stdio === 'pipe' ? 'pipe' : log, log, stdio === 'third' ? 'pipe' : 'ignore'], detached: true });
    closeSync(log);
    child.on('error', () => {});
    started.push(child);
    alive.add(child.pid);
    child.on('exit', () => alive.delete(child.pid));
    return child;
  }

  const firstLine = (stream, what) => new Promise((found, failed) => {
    let said = '';
    const timer = setTimeout(() => failed(new Error(`${what} did not start`)), 20_000);
    stream.on('data', (text) => {
      said += text;
      if (!said.includes('\n')) return;
      clearTimeout(timer);
      found(said.trim());
    });
  });

  async function stop() {
    for (const child of started.reverse()) try { process.kill(-child.pid, 'SIGTERM'); } catch { /* it has ended */ }
    const ended = started.map((child) => child.exitCode !== null || child.signalCode || new Promise((end) => child.on('exit', end)));
    await Promise.race([Promise.all(ended), later(2000)]);
    for (const child of started) try { process.kill(-child.pid, 'SIGKILL'); } catch { /* it has ended */ }
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }

  function run(...command) {
    return new Promise((done) => {
      const child = spawn(command[0], command.slice(1), { env, stdio: ['ignore', 'pipe', 'ignore'] });
      let said = '';
      child.stdout.on('data', (text) => { said += text; });
      child.on('close', () => done(said.trim()));
      child.on('error', () => done(''));
    });
  }

  // What was said so far, read on from where we were.
  const said = [];
  let at = 0;
  let rest = '';
  let speaking = false;
  function spoken() {
    const { size } = statSync(speech);
    if (size > at) {
      const file = openSync(speech, 'r');
      const bytes = Buffer.alloc(size - at);
      readSync(file, bytes, 0, bytes.length, at);
      closeSync(file);
      at = size;
      const lines = (rest + bytes.toString('utf8')).split('\n');
      rest = lines.pop();
      for (const line of lines) {
        const one = JSON.parse(line);
        speaking = 'begins' in one;
        if (one.text) said.push(one);
      }
    }
    return said;
  }

  try {
    const x = launch('xvfb', 'Xvfb', ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], 'third');
    env.DISPLAY = `:${await firstLine(x.stdio[3], 'Xvfb')}`;
    const bus = launch('dbus', 'dbus-daemon', ['--session', '--nofork', '--print-address=1'], 'pipe');
    env.DBUS_SESSION_BUS_ADDRESS = await firstLine(bus.stdout, 'D-Bus');
    launch('openbox', 'openbox', ['--sm-disable']);
    launch('at-spi', '/usr/libexec/at-spi-bus-launcher', ['--launch-immediately', '--a11y=1', '--screen-reader=1']);
    writeFileSync(join(folder, 'speechd', 'modules', 'written.conf'), '');
    writeFileSync(join(folder, 'speechd', 'speechd.conf'), `LogLevel 1\nLogDir "${join(folder, 'logs')}"\nCommunicationMethod "unix_socket"\n`
      + `AddModule "written" "${VOICE}" "written.conf"\nDefaultModule written\nDefaultLanguage "en-GB"\n`);
    launch('speechd', 'speech-dispatcher', ['-s', '-t', '0', '-C', join(folder, 'speechd'), '-P', join(folder, 'run', 'speechd.pid'), '-S', join(folder, 'run', 'speechd.sock'), '-c', 'unix_socket']);
    const profile = { ...ORCA, pronunciations: {}, keybindings: {} };
    writeFileSync(join(folder, 'orca', 'user-settings.conf'), JSON.stringify({
      general: { ...ORCA, startingProfile: ['Default', 'default'] }, pronunciations: {}, keybindings: {}, profiles: { default: profile },
    }));
    copyFileSync(CUSTOMIZATIONS, join(folder, 'orca', 'orca-customizations.py'));
    // Orca asks pgrep for others of its kind, to be the only one of this user; it is the only one of this desktop.
    writeFileSync(join(folder, 'bin', 'pgrep'), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    launch('orca', 'orca', ['-u', join(folder, 'orca')]);
    await until(() => spoken().length, 40, 'Orca said nothing for 40 seconds');
    // Orca goes on without a word when it cannot read them.
    if (!readFileSync(join(folder, 'logs', 'orca'), 'utf8').includes('customizations are in place')) throw new Error('Orca did not take its customizations');
  } catch (error) {
    const logs = ['xvfb', 'dbus', 'at-spi', 'speechd', 'orca'].map((name) => { try { return `${name}: ${readFileSync(join(folder, 'logs', name), 'utf8').slice(-600)}`; } catch { return ''; } });
    await stop();
    throw new Error(`${error.message}\n${logs.join('\n')}`);
  }

  return {
    launch, run, spoken, stop, slow,
    /** Whether something that takes its time is being said. */
    speaking: () => { spoken(); return speaking; },
    home: join(folder, 'home'), logOf: (name) => join(folder, 'logs', name),
    /** Presses one key, such as `Tab` or `ctrl+Home`, as xdotool names them. */
    async press(key) {
      // Orca takes a key of the number pad for itself only if it sees it go down and come up.
      if (key.startsWith('KP_')) {
        await run('xdotool', 'keydown', key);
        await later(20);
        await run('xdotool', 'keyup', key);
      } else {
        await run('xdotool', 'key', '--clearmodifiers', key);
      }
    },
    type: (text) => run('xdotool', 'type', '--delay', '40', text),
    /** The program's window comes to the front and has the keyboard. */
    async show(kind) {
      const shown = await until(async () => (await run('xdotool', 'search', '--onlyvisible', '--class', kind)).split('\n').pop(), 60, `no window of ${kind} came up`);
      await run('xdotool', 'windowactivate', '--sync', shown);
      await run('xdotool', 'windowfocus', '--sync', shown);
    },
  };
}

// Whoever ends a run ends its desktops: each part is a group of its own, which would live on.
for (const sign of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(sign, () => process.exit(1));
process.once('exit', () => {
  for (const pid of alive) try { process.kill(-pid, 'SIGKILL'); } catch { /* it has ended */ }
});
