import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Store } from '../../src/store/store.js';
import { pause } from './dev-process.js';

type Method = {
  [Key in keyof Store]: Store[Key] extends (...args: never[]) => Promise<unknown> ? Key : never;
}[keyof Store];

type Answer = { readonly id: number } & ({ readonly value: unknown } | { readonly error: string });

/** A store in a process of its own, which can be stopped and continued. */
export class StoreActor {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, (answer: Answer) => void>();
  #calls = 0;
  /** Names its process in leases. */
  identity = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (answer: Answer) => this.#waiting.get(answer.id)?.(answer));
  }

  static async open(url: string): Promise<StoreActor> {
    const child = fork(join(import.meta.dirname, 'store-actor.mjs'), [], { execArgv: [] });
    const actor = new StoreActor(child);
    actor.identity = (await actor.#ask({ url })) as string;
    return actor;
  }

  call<M extends Method>(method: M, ...args: Parameters<Store[M]>): ReturnType<Store[M]> {
    return this.#ask({ method, args }) as ReturnType<Store[M]>;
  }

  /** Resolves when the system says that it stands still. */
  async stop(): Promise<void> {
    process.kill(this.#pid, 'SIGSTOP');
    while (this.#state !== 'T') await pause(1);
  }

  get isStopped(): boolean {
    return this.#state === 'T';
  }

  continue(): void {
    process.kill(this.#pid, 'SIGCONT');
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  get #pid(): number {
    if (this.#child.pid === undefined) throw new Error('the process did not start');
    return this.#child.pid;
  }

  get #state(): string | undefined {
    const stat = readFileSync(`/proc/${this.#pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  }

  #ask(message: object): Promise<unknown> {
    const id = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, (answer) => {
        this.#waiting.delete(id);
        if ('error' in answer) reject(new Error(answer.error));
        else resolve(answer.value);
      });
      this.#child.send({ id, ...message });
    });
  }
}
