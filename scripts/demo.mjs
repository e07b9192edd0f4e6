// npm run demo: an order and an onboarding run to their end, although their server is killed in the middle.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cli = join(root, 'dist', 'cli', 'main.js');
const dir = mkdtempSync(join(tmpdir(), 'detent-demo-'));
const db = `sqlite:${join(dir, 'demo.db')}`;

const CUSTOMER = { email: 'ada@example.com', plan: 'business' };

let server;
let url;
try {
  server = await serve();
  say('an order and an onboarding begin');
  await detent('create', 'order', '--id', 'order-1', '--input', '{"total": 80}');
  await detent('send', 'order-1', 'PAY', '--data', '{"amount": 30}', '--id', 'payment-1');
  // Last: in three seconds it has got to its timer and past it, which is not long on a busy machine.
  await detent('create', 'onboarding', '--id', 'onboarding-1', '--input', JSON.stringify(CUSTOMER));
  await until('onboarding-1', ({ value }) => value === 'Settle');

  say('the server is killed with SIGKILL, while one waits for money and the other for a timer');
  await end(server, 'SIGKILL');
  say('the rest of the money is sent while nothing runs, and sent again: it waits in the file, once');
  await detent('send', 'order-1', 'PAY', '--data', '{"amount": 50}', '--id', 'payment-2');
  await detent('send', 'order-1', 'PAY', '--data', '{"amount": 50}', '--id', 'payment-2');

  say('the server is started again');
  server = await serve();
  await until('order-1', ({ value }) => value === 'shipped');
  await detent('send', 'order-1', 'DELIVERED');
  await until('order-1', ({ status }) => status !== 'running');
  await until('onboarding-1', ({ status }) => status !== 'running');
  for (const id of ['order-1', 'onboarding-1']) {
    say(`history of ${id}`);
    process.stdout.write(await detent('history', id));
    const { status } = await show(id);
    if (status !== 'succeeded') throw new Error(`${id} ended as ${status}`);
  }
  say('both ran to their end, and nothing was lost');
} finally {
  if (server !== undefined) await end(server, 'SIGTERM');
  rmSync(dir, { recursive: true, force: true });
}

function say(text) {
  console.log(`\n— ${text}`);
}

/** Starts `detent dev` and resolves once it serves, at `url`. */
async function serve() {
  const args = [cli, 'dev', join(root, 'examples'), '--db', db, '--port', '0', '--no-open'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  await new Promise((resolve, reject) => {
    const listen = (chunk) => {
      output += chunk;
      url = /http:\/\/[^\s/]+\//.exec(output)?.[0];
      if (url !== undefined) resolve();
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  return child;
}

async function end(child, signal) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
}

async function detent(...args) {
  const child = spawn(process.execPath, [cli, ...args, '--db', db], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new Error(`detent ${args.join(' ')} ended with ${code}`);
  return output;
}

async function show(id) {
  return JSON.parse(await detent('show', id, '--json'));
}

/** Asks the server: a call of the command line takes longer to start, on a busy machine, than the timer runs. */
async function until(id, holds) {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; ) {
    const view = await (await fetch(`${url}api/v1/instances/${id}`)).json();
    if (holds(view)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${id} did not get on`);
}
