import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { until } from './child-script.js';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'cli', 'main.js');
if (!existsSync(MAIN)) throw new Error('these tests run the built program: npx tsc -p tsconfig.build.json');

const children = new Set<ChildProcess>();

afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
});

/** A call of the built program. */
export interface ProgramProcess {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout: string;
  stderr: string;
  /** The exit code, once it has ended; null if a signal ended it. */
  readonly ended: Promise<number | null>;
}

/** Starts the program in a folder, without colours and with nothing from this environment that it would heed. */
export function start(folder: string, words: readonly string[], stdin?: string): ProgramProcess {
  const { DETENT_DB, FORCE_COLOR, NO_COLOR, ...env } = process.env;
  const child = spawn(process.execPath, [MAIN, ...words], {
    cwd: folder,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  children.add(child);
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      children.delete(child);
      resolve(code);
    });
  });
  const program = { child, pid: child.pid ?? 0, stdout: '', stderr: '', ended };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    program.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    program.stderr += text;
  });
  child.stdin.on('error', () => {}).end(stdin ?? '');
  return program;
}

/** Runs the program to its end. */
export async function call(folder: string, ...words: string[]) {
  const program = start(folder, words);
  const code = await program.ended;
  return { code, out: program.stdout, err: program.stderr };
}

/** Starts `dev` on any free port and resolves once it serves. */
export async function startDev(folder: string, ...words: string[]) {
  const program = start(folder, ['dev', ...words, '--port', '0', '--json']);
  await until(() => program.stdout.includes('\n') || program.child.exitCode !== null);
  if (!program.stdout.includes('\n')) throw new Error(`dev ended: ${program.stderr}`);
  const { url } = JSON.parse(program.stdout) as { url: string };
  return Object.assign(program, { url });
}

/** Posts JSON. */
export async function post(url: string, body: unknown) {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}
