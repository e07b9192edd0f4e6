import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkEach } from '../../src/testing/linearizability/linearizability.js';
import { Recorder } from '../../src/testing/linearizability/recorder.js';
import type { Operation, SequentialModel } from '../../src/testing/linearizability/sequential-model.js';
import { childrenOf, DevProcess, freePort, pause } from './dev-process.js';

/** Rounds, each with histories of its own: 1 in the suite, 6 in `npm run test:faults`. */
const ROUNDS = Number(process.env['DETENT_LINEAR_ROUNDS'] ?? 1);
const KILLS_A_ROUND = 2;
const CLIENTS = 8;
const INSTANCES = 4;

/** Answers between one kill and the next. */
const ANSWERS_A_KILL = 60;

type Op = { readonly on: string } & (
  | { readonly type: 'read' }
  | { readonly type: 'ADD'; readonly data: { readonly n: number } }
  | { readonly type: 'CAS'; readonly data: { readonly from: number; readonly to: number } }
);

/** What was answered: the revision that was read or made, and what was read or whether it was taken. */
type Result =
  | { readonly revision: number; readonly value: number }
  | { readonly revision: number; readonly taken: boolean };

interface State {
  readonly revision: number;
  readonly value: number;
}

const register: SequentialModel<State, Op, Result> = {
  // The start is the first revision.
  init: { revision: 1, value: 0 },
  key: ({ revision, value }) => `${revision}:${value}`,
  step(state, op, result) {
    if (op.type === 'read') {
      const isSeen = result === undefined || ('value' in result && result.value === state.value);
      return isSeen && (result?.revision ?? state.revision) === state.revision ? state : undefined;
    }
    const revision = state.revision + 1;
    const taken = op.type === 'ADD' || op.data.from === state.value;
    if (
      result !== undefined &&
      (result.revision !== revision || !('taken' in result) || result.taken !== taken)
    )
      return undefined;
    if (!taken) return { revision, value: state.value };
    return { revision, value: op.type === 'ADD' ? state.value + op.data.n : op.data.to };
  },
};

const dir = mkdtempSync(join(tmpdir(), 'detent-linear-'));
let dev: DevProcess | undefined;
afterAll(async () => {
  await dev?.signal('SIGTERM');
  rmSync(dir, { recursive: true, force: true });
});

describe('an instance that 8 clients use at once over HTTP, its server killed with SIGKILL meanwhile', () => {
  it(`behaves as if it did one thing after the other, in ${ROUNDS * INSTANCES} histories`, async () => {
    const machine = join(import.meta.dirname, 'register.yaml');
    dev = new DevProcess(await freePort(), [machine, '--db', `sqlite:${join(dir, 'linear.db')}`]);
    await dev.start();
    const totals = { operations: 0, unanswered: 0, interrupted: 0 };
    for (let round = 0; round < ROUNDS; round++) {
      const users = new Users(dev.url, round);
      await users.begin();
      for (let kill = 0; kill < KILLS_A_ROUND; kill++) {
        await users.until(() => users.answered > (kill + 1) * ANSWERS_A_KILL);
        await killOne(dev, kill);
      }
      await users.until(() => users.answered > (KILLS_A_ROUND + 1) * ANSWERS_A_KILL);
      await users.end();
      expect(users.interrupted, 'requests that a kill cut off').toBeGreaterThan(0);
      const { operations } = users.recorder;
      const verdicts = checkEach(register, operations, ({ on }) => on);
      expect([...verdicts.keys()].sort(), 'instances that were used').toEqual(users.instances);
      for (const [on, verdict] of verdicts) {
        if (verdict.kind === 'linearizable') continue;
        throw new Error(`${on}: ${JSON.stringify([verdict, operationsOf(on, operations)])}`);
      }
      const forged = checkEach(register, withStaleRead(operations), ({ on }) => on);
      expect([...forged.values()].map(({ kind }) => kind)).toContain('violation');
      totals.operations += operations.length;
      totals.unanswered += operations.filter(({ answer }) => answer === undefined).length;
      totals.interrupted += users.interrupted;
    }
    console.log(
      `linearizability: ${ROUNDS * INSTANCES} histories, ${totals.operations} operations, ${totals.unanswered} never answered, ${totals.interrupted} requests cut off by ${ROUNDS * KILLS_A_ROUND} kills`,
    );
  }, 1_200_000);
});

function operationsOf(on: string, operations: readonly Operation<Op, Result>[]) {
  return operations.filter(({ op }) => op.on === on);
}

async function killOne(dev: DevProcess, number: number): Promise<void> {
  const [child] = childrenOf(dev.pid);
  if (number % 2 === 0 && child !== undefined) {
    process.kill(child, 'SIGKILL');
    return;
  }
  await dev.signal('SIGKILL');
  await dev.start();
}

/**
 * The same history, but for one read that sees again what an earlier one saw, although another read was answered
 * with something newer before it was called.
 */
function withStaleRead(operations: readonly Operation<Op, Result>[]): readonly Operation<Op, Result>[] {
  const reads = operations.filter(({ op, answer }) => op.type === 'read' && answer !== undefined);
  const revision = ({ answer }: Operation<Op, Result>) => answer?.result.revision ?? 0;
  for (const late of reads.toReversed()) {
    const others = reads.filter(({ op }) => op.on === late.op.on);
    const known = others.filter(({ answer }) => (answer?.at ?? 0) < late.calledAt).map(revision);
    const early = others.find((one) => revision(one) < Math.max(...known));
    if (late.answer === undefined || early?.answer === undefined) continue;
    const forged = { ...late, answer: { ...late.answer, result: early.answer.result } };
    return operations.map((operation) => (operation === late ? forged : operation));
  }
  throw new Error('nothing changed between two reads');
}

/** Clients that read, add, and compare and set, and ask again until they are answered; now and then one gives up. */
class Users {
  readonly recorder = new Recorder<Op, Result>();
  readonly instances: readonly string[];
  answered = 0;
  interrupted = 0;
  readonly #url: string;
  readonly #clients: Promise<void>[] = [];
  /** What each instance was last seen with, so that some comparisons hold. */
  readonly #seen = new Map<string, number>();
  #events = 0;
  #running = true;
  #failure: unknown;

  constructor(url: string, round: number) {
    this.#url = `${url}/api/v1/instances`;
    this.instances = Array.from({ length: INSTANCES }, (_, index) => `register-${round}-${index}`);
  }

  async begin(): Promise<void> {
    for (const id of this.instances) {
      const response = await this.#post('?wait=30s', { machine: 'register', id });
      expect(await response?.json()).toMatchObject({ revision: 1 });
    }
    for (let client = 0; client < CLIENTS; client++) {
      const using = this.#use().catch((error: unknown) => {
        this.#failure ??= error;
      });
      this.#clients.push(using);
    }
  }

  async end(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#clients);
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Gives up after a minute in which nobody is answered. */
  async until(holds: () => boolean): Promise<void> {
    let [answered, giveUpAt] = [this.answered, performance.now() + 60_000];
    while (!holds()) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.answered > answered) [answered, giveUpAt] = [this.answered, performance.now() + 60_000];
      if (performance.now() > giveUpAt) throw new Error('nobody is answered any more');
      await pause(5);
    }
  }

  async #use(): Promise<void> {
    let mayGiveUp = true;
    while (this.#running) {
      const op = this.#choose();
      const answer = this.recorder.call(op);
      const event = `event-${this.#events++}`;
      for (let result: Result | undefined; result === undefined; ) {
        result = await this.#ask(op, event);
        if (result === undefined) {
          // Nobody will ever know whether it took place.
          if (mayGiveUp && op.type !== 'read' && Math.random() < 0.3) break;
          await pause(20);
          continue;
        }
        answer(result);
        this.answered += 1;
        if ('value' in result) this.#seen.set(op.on, result.value);
      }
      if (mayGiveUp) mayGiveUp = this.interrupted === 0 || Math.random() < 0.5;
      await pause(Math.random() * 5);
    }
  }

  #choose(): Op {
    const on = this.instances[Math.floor(Math.random() * INSTANCES)] ?? '';
    const kind = Math.random();
    if (kind < 0.4) return { on, type: 'read' };
    const n = 1 + Math.floor(Math.random() * 3);
    if (kind < 0.6) return { on, type: 'ADD', data: { n } };
    return { on, type: 'CAS', data: { from: this.#seen.get(on) ?? 0, to: n } };
  }

  /** Undefined where there was no answer. */
  async #ask(op: Op, event: string): Promise<Result | undefined> {
    if (op.type === 'read') {
      const response = await this.#fetch(`/${op.on}`);
      if (response === undefined) return undefined;
      const { revision, context } = (await response.json()) as {
        revision: number;
        context: { value: number };
      };
      return { revision, value: context.value };
    }
    const response = await this.#post(`/${op.on}/events?wait=5s`, {
      type: op.type,
      data: op.data,
      id: event,
    });
    const receipt = (await response?.json()) as
      | { applied?: { revision: number; outcome: { kind: string } } }
      | undefined;
    if (receipt?.applied === undefined) return undefined;
    return { revision: receipt.applied.revision, taken: receipt.applied.outcome.kind === 'applied' };
  }

  #post(path: string, body: unknown): Promise<Response | undefined> {
    const headers = { 'content-type': 'application/json' };
    return this.#fetch(path, { method: 'POST', body: JSON.stringify(body), headers });
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response | undefined> {
    try {
      const response = await fetch(this.#url + path, { ...init, signal: AbortSignal.timeout(10_000) });
      const text = await response.text();
      if (response.ok) return new Response(text);
      if (response.status < 500) throw new Refusal(`${path}: ${text}`);
    } catch (error) {
      if (error instanceof Refusal) throw error;
      this.interrupted += 1;
    }
    return undefined;
  }
}

class Refusal extends Error {}
