import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
export const CLI = join(root, 'dist', 'cli', 'main.js');

/** A port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** Whether a process is there, and no zombie. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'latin1'));
  } catch {
    return false;
  }
}

/** The children of a process, by the kernel's own list. */
export function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim();
    return text === '' ? [] : text.split(' ').map(Number);
  } catch {
    return [];
  }
}

/** A real `detent dev` on a real file, to be killed and started again. */
export class DevProcess {
  readonly url: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  /** All that it has ever said. */
  output = '';

  constructor(port: number, args: readonly string[]) {
    this.url = `http://127.0.0.1:${port}`;
    this.#args = [CLI, 'dev', ...args, '--port', String(port), '--no-open'];
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error('it does not run');
    return this.#child.pid;
  }

  /** Starts it, and resolves when it serves; once more where a dying predecessor still holds the port. */
  async start(): Promise<void> {
    for (let attempt = 0; attempt < 40; attempt++) {
      const child = spawn(process.execPath, this.#args, { stdio: ['ignore', 'pipe', 'pipe'] });
      this.#child = child;
      child.stdout?.on('data', (chunk) => (this.output += chunk));
      child.stderr?.on('data', (chunk) => (this.output += chunk));
      if (await this.#serves(child)) return;
    }
    throw new Error(`it does not start: ${this.output.slice(-2_000)}`);
  }

  async #serves(child: ChildProcess): Promise<boolean> {
    for (let i = 0; i < 400 && child.exitCode === null && child.signalCode === null; i++) {
      if (await this.healthy()) return true;
      await pause(25);
    }
    return false;
  }

  async healthy(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/health`)).ok;
    } catch {
      return false;
    }
  }

  async signal(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await ended;
  }
}

export async function pause(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, ms));
}
