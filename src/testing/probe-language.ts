import { type Effect, effectNumbering } from '../core/effect.js';
import { answeredEffect, type Event, type MigrateEvent, type RedriveEvent } from '../core/event.js';
import { ignored } from '../core/fold.js';
import { given } from '../core/given.js';
import { APPLIED } from '../core/journal.js';
import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import type { Language, Program, Step } from '../core/language.js';

/**
 * A language whose events say what its step shall do, made to test runtimes and stores: every effect that
 * there is can be asked for, and the state remembers everything that was applied, in order.
 *
 * A signal's data is an array of commands: `{ timer: ms }`, `{ task: name, input, timeoutMs }`,
 * `{ send: to, name, data }`, `{ spawn: machine, input }`, `{ cancel: 'timer' | 'task' | 'child' }` (the oldest
 * pending one), `{ unfinished: true }`, `{ throw: message }`, `{ end: 'succeeded' | 'failed' }`. A start's input may be
 * such an array too. A stop ends it and cancels what is pending; so does a failure, which a redrive asks for again. A
 * migration keeps what is pending, but for the oldest timer, in whose place it begins another.
 *
 * A source may be `{ edition: n }`: what is applied by others than the first is remembered with their number, so that
 * a state tells by which definition each event was stepped.
 */
export const probe: Language<ProbeProgram> = {
  name: 'probe',
  check: () => [],
  compile: (source) => {
    const edition = isJsonObject(source) ? own(source, 'edition') : undefined;
    return { language: 'probe', tasks: [], ...(typeof edition === 'number' ? { edition } : {}) };
  },
  step: (program, state, event) => stepProbe(program, state as unknown as ProbeState | null, event),
  fail: (program, state, event) => failProbe(program, state as unknown as ProbeState, event),
  redrive: {
    statuses: ['failed'],
    inputs: (state) =>
      waitsOf(state as unknown as ProbeState).flatMap(({ id, kind }) => (kind === 'timer' ? [] : [id])),
    step: (program, state, event) => redriveProbe(program, state as unknown as ProbeState, event),
  },
  migrate: (program, state, event) => migrateProbe(program, state as unknown as ProbeState, event),
  view: (state) => ({ value: 'probing', context: state, output: null }),
  active: () => [],
  accepts: () => [],
  graph: () => ({ nodes: [], edges: [] }),
};

interface ProbeProgram extends Program {
  /** 1 if absent. */
  readonly edition?: number;
}

interface Pending {
  readonly id: string;
  readonly kind: 'timer' | 'task' | 'child';
}

/** What the probe remembers. */
export interface ProbeState {
  /** Ids of the events that were applied, in order; `id@2` where the definition of edition 2 applied it. */
  readonly applied: readonly string[];
  /** Effects that were not answered yet, oldest first. */
  readonly pending: readonly Pending[];
  /** What was pending when it failed. */
  readonly waits?: readonly Pending[];
  /** The answers that came, by effect. */
  readonly answers: Readonly<Record<string, string>>;
}

const EMPTY: ProbeState = { applied: [], pending: [], answers: {} };

/** How far off a timer is that begins where another was, in milliseconds. */
const AGAIN_MS = 50;

function waitsOf({ waits = [] }: ProbeState): readonly Pending[] {
  return waits;
}

function stepProbe(program: ProbeProgram, state: ProbeState | null, event: Event): Step {
  const before = state ?? EMPTY;
  const standing = { status: 'running' as const, state: state as unknown as Json };
  const answered = answeredEffect(event);
  if (answered !== undefined && !before.pending.some(({ id }) => id === answered)) {
    return ignored(standing, 'not pending');
  }
  const probing = new Probing(program, before, event);
  const commands = event.type === 'signal' ? event.data : event.type === 'start' ? event.input : undefined;
  if (isJsonArray(commands)) {
    for (const command of commands) if (isJsonObject(command)) probing.obey(command);
  }
  if (answered !== undefined) probing.answer(answered, event.type);
  if (event.type === 'stop') probing.end('stopped');
  return probing.step();
}

/** What was pending begins again; a task or a child whose input was swept is let go of. */
function redriveProbe(program: ProbeProgram, state: ProbeState, event: Event & RedriveEvent): Step {
  const { waits, ...before } = state;
  const probing = new Probing(program, before, event);
  for (const { id, kind } of waits ?? []) {
    const input = own(event.inputs, id);
    if (kind === 'timer') probing.obey({ timer: AGAIN_MS });
    else if (input !== undefined)
      probing.obey(kind === 'task' ? { task: 'echo', input } : { spawn: 'probe', input });
  }
  return probing.step();
}

function migrateProbe(program: ProbeProgram, state: ProbeState, event: Event & MigrateEvent): Step {
  const probing = new Probing(program, state, event);
  if (state.pending.some(({ kind }) => kind === 'timer')) {
    probing.obey({ cancel: 'timer' });
    probing.obey({ timer: AGAIN_MS });
  }
  const step = probing.step();
  const data = { from: event.from.version, to: event.to.version };
  const status = state.waits === undefined ? 'running' : 'failed';
  return { ...step, status, history: [{ type: 'InstanceMigrated', data }] };
}

/** What it remembers stays small enough, so it does not remember what failed it. */
function failProbe(program: ProbeProgram, state: ProbeState, event: Event): Step {
  const probing = new Probing(program, state, event);
  const answered = answeredEffect(event);
  if (answered !== undefined) probing.answer(answered, event.type);
  probing.end('failed');
  return { ...probing.step(), state: { ...state, pending: [], waits: [] } as unknown as Json };
}

class Probing {
  readonly #program: ProbeProgram;
  readonly #before: ProbeState;
  readonly #event: Event;
  readonly #nextId: () => string;
  readonly #effects: Effect[] = [];
  #pending: ProbeState['pending'];
  #answers: ProbeState['answers'];
  #waits: ProbeState['waits'];
  #status: Step['status'] = 'running';
  #unfinished = false;

  constructor(program: ProbeProgram, before: ProbeState, event: Event) {
    this.#program = program;
    this.#waits = before.waits;
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
    const end = own(command, 'end');
    if (end === 'succeeded') this.#status = 'succeeded';
    else if (end === 'failed') this.#status = 'failed';
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
    if (this.#status === 'failed') {
      this.#waits ??= this.#pending;
      this.end('failed');
    }
    const { edition = 1 } = this.#program;
    const { id, type } = this.#event;
    const state: ProbeState = {
      applied: [...this.#before.applied, edition === 1 ? id : `${id}@${edition}`],
      pending: this.#pending,
      ...given({ waits: this.#waits }),
      answers: this.#answers,
    };
    const history = [{ type: 'Probed', data: { event: type } }];
    const step = { state: state as unknown as Json, status: this.#status, effects: this.#effects, history };
    return { ...step, outcome: APPLIED, ...(this.#unfinished ? { unfinished: true } : {}) };
  }
}
