import { type ChildProcess, fork } from 'node:child_process';

/** Processes that are started ahead. */
const SPARES = 2;

/** Processes of a script, some of which are always started ahead: their start then costs nobody a wait. */
export class SpareProcesses {
  readonly #script: string;
  readonly #spares: ChildProcess[] = [];
  readonly #taken = new Set<ChildProcess>();

  constructor(script: string) {
    this.#script = script;
  }

  take(): ChildProcess {
    const child = this.#spares.shift() ?? this.#fork();
    while (this.#spares.length < SPARES) this.#spares.push(this.#fork());
    this.#taken.add(child);
    child.once('exit', () => this.#taken.delete(child));
    return child;
  }

  close(): void {
    for (const child of [...this.#taken, ...this.#spares.splice(0)]) child.kill('SIGKILL');
  }

  #fork(): ChildProcess {
    return fork(this.#script, [], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'], execArgv: [] });
  }
}
