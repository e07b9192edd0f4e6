import { type ChildProcess, spawn } from 'node:child_process';
import { CLI, childrenOf, pause } from './dev-process.js';

/** Loads, before the program, what sets its clock. */
const SKEWED = `--import=${new URL('./skewed-clock.mjs', import.meta.url).href}`;

/** A real `detent worker`, to be killed and started again. */
export class WorkerProcess {
  readonly #args: readonly string[];
  readonly #env: NodeJS.ProcessEnv;
  #process: ChildProcess | undefined;
  /** All that it has ever said. */
  output = '';

  /** `skewMs`: how far its clock is off. */
  constructor(args: readonly string[], skewMs = 0) {
    this.#args = [CLI, 'worker', ...args, '--json'];
    this.#env =
      skewMs === 0 ? process.env : { ...process.env, SKEW_MS: String(skewMs), NODE_OPTIONS: SKEWED };
  }

  /** The process that does the work; undefined while there is none. */
  get working(): number | undefined {
    const { pid } = this.#process ?? {};
    return pid === undefined ? undefined : childrenOf(pid)[0];
  }

  /** Starts it; resolves once it works. */
  async start(): Promise<void> {
    const child = this.launch();
    let said = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => (said += text));
    for (let tries = 0; tries < 1_200 && child.exitCode === null; tries++) {
      if (said.includes('\n')) return;
      await pause(25);
    }
    throw new Error(`the worker does not start: ${this.output.slice(-2_000)}`);
  }

  /** Starts it, without waiting until it works. */
  launch(): ChildProcess {
    const child = spawn(process.execPath, this.#args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: this.#env,
    });
    this.#process = child;
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    return child;
  }

  /** Ends, at once, the process that works; its supervisor starts another. */
  killWorking(): number | undefined {
    const pid = this.working;
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    return pid;
  }

  /** Ends both processes at once, as the end of their machine would. */
  async killBoth(): Promise<number | undefined> {
    const pid = this.killWorking();
    await this.#end('SIGKILL');
    return pid;
  }

  /** Lets it drain, and answers its exit code. */
  stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null)
      return child?.exitCode ?? null;
    const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    child.kill(signal);
    return ended;
  }
}
