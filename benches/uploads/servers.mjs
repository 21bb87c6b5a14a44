// Starts the servers that are compared, each in a folder of its own on the same disk, and reads what they use from /proc.
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

async function start(name, folder, command, args, env, url) {
  const out = openSync(join(folder, 'log'), 'a');
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', out, out] });
  for (let tries = 0; ; tries += 1) {
    if (await fetch(url).then(() => true, () => false)) break;
    if (tries > 200 || child.exitCode !== null) throw new Error(`${name} did not start:\n${readFileSync(join(folder, 'log'), 'utf8')}`);
    await new Promise((later) => setTimeout(later, 50));
  }
  return { name, child, stop: () => new Promise((ended) => { child.on('exit', ended); child.kill(); }) };
}

function fresh(folder, name) {
  const inside = join(folder, name);
  mkdirSync(inside, { recursive: true });
  return inside;
}

/** Heard with one folder, without a worker: the read-back happens after the answer, and is not what is measured. */
export async function heard(folder, program, settings = {}, name = 'Heard') {
  const [inside, port] = [fresh(folder, name.replaceAll(' ', '-')), await freePort()];
  const env = { HEARD_DATA: join(inside, 'data'), HEARD_LISTEN: `127.0.0.1:${port}`, RUST_LOG: 'warn', ...settings };
  const origin = `http://127.0.0.1:${port}`;
  const server = await start(name, inside, program, ['serve', '--no-worker'], env, `${origin}/health/live`);
  /** A new draft's cookie. */
  const draft = async () => {
    const answer = await fetch(`${origin}/begin`, { method: 'POST', body: new URLSearchParams(), redirect: 'manual' });
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('heard='));
    if (!cookie) throw new Error(`no draft: ${answer.status}`);
    return { Cookie: cookie.split(';')[0] };
  };
  return { ...server, origin, endpoint: `${origin}/uploads`, draft };
}

/** Heard before the S3 server that the tests use, with a bucket of its own. */
export async function heardOnS3(folder, program, promise) {
  const bucket = `bench-${promise}-${process.pid}`;
  await boto('bucket', bucket);
  const storage = process.env.HEARD_TEST_S3_URL.replace(/^s3:\/\/[^?]+/, `s3://${bucket}`);
  const settings = { HEARD_STORAGE_URL: storage, HEARD_UPLOAD_PROMISE: promise, HEARD_SPOOL_RESERVE: '0' };
  return heard(folder, program, settings, `Heard promise ${promise}`);
}

/** The same S3 server without anything before it: boto3 sends parts of 8 MiB, four at once. */
export async function directToS3() {
  const bucket = `bench-direct-${process.pid}`;
  await boto('bucket', bucket);
  const nobody = { child: { pid: 0 }, stop: () => {}, draft: async () => ({}) };
  return { ...nobody, name: 'direct', put: (path) => boto('put', bucket, path) };
}

/** Runs direct.py; the tests' Python has boto3. */
function boto(...args) {
  const script = new URL('direct.py', import.meta.url).pathname;
  return new Promise((done, failed) => {
    const child = spawn(process.env.HEARD_TEST_PYTHON, [script, process.env.HEARD_TEST_S3_URL, ...args], { stdio: ['ignore', 'inherit', 'inherit'] });
    child.on('close', (code) => (code === 0 ? done() : failed(new Error(`direct.py ended with ${code}`))));
  });
}

export async function tusServer(folder) {
  const [inside, port] = [fresh(folder, 'tus-server'), await freePort()];
  const files = fresh(inside, 'files');
  const script = new URL('peer.mjs', import.meta.url).pathname;
  const endpoint = `http://127.0.0.1:${port}/files`;
  return { ...await start('@tus/server', inside, 'node', [script, String(port), files], {}, endpoint), endpoint, draft: async () => ({}) };
}

export async function nginx(folder) {
  const [inside, port] = [fresh(folder, 'nginx'), await freePort()];
  for (const name of ['files', 'temporary']) chmodSync(fresh(inside, name), 0o777);
  // Its workers run as another user, who must be able to come here.
  for (let path = inside; path.length > 4; path = join(path, '..')) { try { chmodSync(path, 0o755); } catch { break; } }
  writeFileSync(join(inside, 'nginx.conf'), `daemon off; worker_processes 2; pid nginx.pid; error_log error.log;
    events { worker_connections 256; }
    http { access_log off; client_max_body_size 0; client_body_temp_path temporary; client_body_buffer_size 256k;
      server { listen 127.0.0.1:${port}; root files; location / { dav_methods PUT; create_full_put_path on; } } }`);
  const url = `http://127.0.0.1:${port}/`;
  return { ...await start('nginx PUT', inside, '/usr/sbin/nginx', ['-p', inside, '-c', join(inside, 'nginx.conf')], {}, url), endpoint: url, draft: async () => ({}) };
}

/** The process and its children: nginx has workers. */
function family(pid) {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name)).filter((name) => {
    try { return Number(readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1].split(' ')[1]) === pid; } catch { return false; }
  });
  return [pid, ...children.map(Number)];
}

/** CPU seconds so far, and the most memory since the last look, in MiB. */
export function uses(server) {
  let [cpu, peak] = [0, 0];
  if (!server.child.pid) return { cpu, peak };
  for (const pid of family(server.child.pid)) {
    try {
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
      cpu += (Number(fields[11]) + Number(fields[12])) / 100;
      peak += Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
      writeFileSync(`/proc/${pid}/clear_refs`, '5');
    } catch { /* it has just ended */ }
  }
  return { cpu, peak };
}
