import { type Effect, effectNumbering } from '../core/effect.js';
import { answeredEffect, type Event } from '../core/event.js';
import { ignored } from '../core/fold.js';
import { APPLIED } from '../core/journal.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import type { Language, Program, Step } from '../core/language.js';

/**
 * A language whose events say what its step shall do, made to test runtimes and stores: every effect that
 * there is can be asked for, and the state remembers everything that was applied, in order.
 *
 * A signal's data is an array of commands: `{ timer: ms }`, `{ task: name, input, timeoutMs }`,
 * `{ send: to, name, data }`, `{ spawn: machine, input }`, `{ cancel: 'timer' | 'task' | 'child' }` (the oldest
 * pending one), `{ unfinished: true }`, `{ throw: message }`, `{ end: 'succeeded' }`. A start's input may be such
 * an array too. A stop ends it and cancels what is pending.
 */
export const probe: Language = {
  name: 'probe',
  check: () => [],
  compile: (): Program => ({ language: 'probe', tasks: [] }),
  step: (_program, state, event) => stepProbe(state as unknown as ProbeState | null, event),
  fail: (_program, state, event) => failProbe(state as unknown as ProbeState, event),
  view: (state) => ({ value: 'probing', context: state, output: null }),
  active: () => [],
  accepts: () => [],
  graph: () => ({ nodes: [], edges: [] }),
};

/** What the probe remembers. */
export interface ProbeState {
  /** Ids of the events that were applied, in order. */
  readonly applied: readonly string[];
  /** Effects that were not answered yet, oldest first. */
  readonly pending: readonly { readonly id: string; readonly kind: 'timer' | 'task' | 'child' }[];
  /** The answers that came, by effect. */
  readonly answers: Readonly<Record<string, string>>;
}

const EMPTY: ProbeState = { applied: [], pending: [], answers: {} };

function stepProbe(state: ProbeState | null, event: Event): Step {
  const before = state ?? EMPTY;
  const standing = { status: 'running' as const, state: state as unknown as Json };
  const answered = answeredEffect(event);
  if (answered !== undefined && !before.pending.some(({ id }) => id === answered)) {
    return ignored(standing, 'not pending');
  }
  const probing = new Probing(before, event);
  const commands = event.type === 'signal' ? event.data : event.type === 'start' ? event.input : undefined;
  if (isJsonArray(commands)) {
    for (const command of commands) if (isJsonObject(command)) probing.obey(command);
  }
  if (answered !== undefined) probing.answer(answered, event.type);
  if (event.type === 'stop') probing.end('stopped');
  return probing.step();
}

/** What it remembers stays small enough, so it does not remember what failed it. */
function failProbe(state: ProbeState, event: Event): Step {
  const probing = new Probing(state, event);
  const answered = answeredEffect(event);
  if (answered !== undefined) probing.answer(answered, event.type);
  probing.end('failed');
  return { ...probing.step(), state: { ...state, pending: [] } as unknown as Json };
}

class Probing {
  readonly #before: ProbeState;
  readonly #event: Event;
  readonly #nextId: () => string;
  readonly #effects: Effect[] = [];
  #pending: ProbeState['pending'];
  #answers: ProbeState['answers'];
  #status: Step['status'] = 'running';
  #unfinished = false;

  constructor(before: ProbeState, event: Event) {
    this.#before = before;
    this.#event = event;
    this.#nextId = effectNumbering(event.revision);
    this.#pending = before.pending;
    this.#answers = before.answers;
  }

  obey(command: JsonObject): void {
    const id = this.#nextId();
    const timer = own(command, 'timer');
    const task = own(command, 'task');
    const send = own(command, 'send');
    if (typeof timer === 'number') {
      this.#effects.push({ type: 'timer', id, dueAt: this.#event.at + timer });
      this.#pending = [...this.#pending, { id, kind: 'timer' }];
    } else if (typeof task === 'string') {
      const timeoutMs = own(command, 'timeoutMs');
      const timeout = typeof timeoutMs === 'number' ? { timeoutMs } : {};
      this.#effects.push({
        type: 'task',
        id,
        name: task,
        input: own(command, 'input') ?? null,
        ask: true,
        ...timeout,
      });
      this.#pending = [...this.#pending, { id, kind: 'task' }];
    } else if (typeof send === 'string') {
      const data = own(command, 'data');
      const name = String(own(command, 'name') ?? 'sent');
      this.#effects.push({ type: 'send', id, to: send, name, ...(data === undefined ? {} : { data }) });
    } else this.#obeyRest(command, id);
  }

  #obeyRest(command: JsonObject, id: string): void {
    const spawn = own(command, 'spawn');
    if (typeof spawn === 'string') {
      const [input, detached] = [own(command, 'input') ?? null, own(command, 'detached') === true];
      this.#effects.push({ type: 'spawn', id, machine: spawn, input, detached });
      this.#pending = [...this.#pending, { id, kind: 'child' }];
    }
    const kind = own(command, 'cancel');
    const oldest = this.#pending.find((pending) => pending.kind === kind);
    if (oldest !== undefined) {
      this.#effects.push({ type: 'cancel', id, target: oldest.id, kind: oldest.kind });
      this.#pending = this.#pending.filter((pending) => pending !== oldest);
    }
    if (own(command, 'unfinished') === true) this.#unfinished = true;
    if (own(command, 'end') === 'succeeded') this.#status = 'succeeded';
    const failure = own(command, 'throw');
    if (typeof failure === 'string') throw new Error(failure);
  }

  end(status: 'stopped' | 'failed'): void {
    for (const { id: target, kind } of this.#pending) {
      this.#effects.push({ type: 'cancel', id: this.#nextId(), target, kind });
    }
    this.#pending = [];
    this.#status = status;
  }

  answer(effect: string, how: string): void {
    this.#pending = this.#pending.filter(({ id }) => id !== effect);
    this.#answers = { ...this.#answers, [effect]: how };
  }

  step(): Step {
    const state = {
      applied: [...this.#before.applied, this.#event.id],
      pending: this.#pending,
      answers: this.#answers,
    };
    const history = [{ type: 'Probed', data: { event: this.#event.type } }];
    const step = { state: state as unknown as Json, status: this.#status, effects: this.#effects, history };
    return { ...step, outcome: APPLIED, ...(this.#unfinished ? { unfinished: true } : {}) };
  }
}
