import { toAwsHistory } from '../../src/asl/history-form.js';
import { asl } from '../../src/asl/language.js';
import type { AslProgram } from '../../src/asl/program.js';
import type { TaskEffect } from '../../src/core/effect.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import { hasEnded, type Status } from '../../src/core/instance.js';
import { JOB_ERRORS } from '../../src/core/job.js';
import type { HistoryEntry } from '../../src/core/journal.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';

/** What a handler does: gives an output or an error, after some time. */
export type Behaviour = (input: Json, attempt: number) => Outcome;

interface Outcome {
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly afterMs?: number;
}

export interface DriveOptions {
  readonly handlers?: Readonly<Record<string, Behaviour>>;
  readonly now?: number;
  readonly machine?: string;
  readonly instance?: string;
  readonly seed?: string;
  /** Events that come from outside, at a time after the start. */
  readonly outside?: readonly { readonly afterMs: number; readonly body: EventBody }[];
}

export interface Run {
  readonly status: Status;
  readonly output: Json;
  readonly error: string | undefined;
  readonly cause: string | undefined;
  /** Milliseconds from the start to the last event. */
  readonly elapsedMs: number;
  readonly history: readonly JsonObject[];
  readonly types: readonly string[];
  readonly events: readonly Event[];
  readonly steps: readonly Step[];
  readonly program: AslProgram;
}

interface Pending {
  readonly at: number;
  readonly seq: number;
  readonly body: EventBody;
  readonly effect?: string;
}

/** Runs a definition to its end, in memory, on a clock of its own. */
export function drive(definition: Json, input: Json, options: DriveOptions = {}): Run {
  return new Driver(asl.compile(definition), options).run(input);
}

class Driver {
  readonly #program: AslProgram;
  readonly #options: DriveOptions;
  readonly #start: number;
  readonly #instance: string;
  readonly #events: Event[] = [];
  readonly #steps: Step[] = [];
  readonly #entries: HistoryEntry[] = [];
  readonly #attempts = new Map<string, number>();
  #pending: Pending[] = [];
  #seq = 0;
  #standing: Standing = UNBORN;
  #now: number;

  constructor(program: AslProgram, options: DriveOptions) {
    this.#program = program;
    this.#options = options;
    this.#start = options.now ?? Date.UTC(2026, 0, 1);
    this.#now = this.#start;
    this.#instance = options.instance ?? 'run-1';
  }

  run(input: Json): Run {
    this.#apply({ type: 'start', machine: this.#options.machine ?? 'machine', input });
    for (const { afterMs, body } of this.#options.outside ?? []) this.#later(this.#start + afterMs, body);
    while (!hasEnded(this.#standing.status)) {
      const next = this.#pending.sort((a, b) => a.at - b.at || a.seq - b.seq).shift();
      if (next === undefined) throw new Error('the execution waits for nothing');
      this.#now = Math.max(this.#now, next.at);
      this.#apply(next.body);
    }
    return this.#result();
  }

  #apply(body: EventBody): void {
    const revision = this.#events.length + 1;
    const event = {
      ...body,
      id: `e${revision}`,
      instance: this.#instance,
      revision,
      at: this.#now,
      seed: `${this.#options.seed ?? 'seed'}-${revision}`,
    } as Event;
    const step = fold(asl, this.#program, this.#standing, event);
    this.#events.push(event);
    this.#steps.push(step);
    step.history.forEach((happening, index) => {
      this.#entries.push({ instance: this.#instance, revision, index, at: this.#now, ...happening });
    });
    // What is kept is text: the state must survive it.
    this.#standing = { status: step.status, state: JSON.parse(JSON.stringify(step.state)) as Json };
    for (const effect of step.effects) {
      if (effect.type === 'task') this.#perform(effect);
      else if (effect.type === 'timer') {
        this.#later(effect.dueAt, { type: 'timer.fired', effect: effect.id }, effect.id);
      } else if (effect.type === 'cancel') {
        this.#pending = this.#pending.filter((pending) => pending.effect !== effect.target);
      }
    }
    if (step.unfinished) this.#apply({ type: 'continue' });
  }

  #perform({ id, name, input, timeoutMs = Number.POSITIVE_INFINITY }: TaskEffect): void {
    const attempt = (this.#attempts.get(name) ?? 0) + 1;
    this.#attempts.set(name, attempt);
    const handler = this.#options.handlers?.[name];
    const outcome: Outcome = handler?.(input, attempt) ?? { error: JOB_ERRORS.handlerMissing, cause: name };
    const startedAt = this.#now;
    const { afterMs = 0, error, cause = '', output = null } = outcome;
    if (afterMs > timeoutMs) {
      const answer = { effect: id, error: JOB_ERRORS.timeout, cause: 'the job took too long', startedAt };
      this.#later(startedAt + timeoutMs, { type: 'task.failed', ...answer }, id);
    } else if (error !== undefined) {
      this.#later(startedAt + afterMs, { type: 'task.failed', effect: id, error, cause, startedAt }, id);
    } else this.#later(startedAt + afterMs, { type: 'task.succeeded', effect: id, output, startedAt }, id);
  }

  #later(at: number, body: EventBody, effect?: string): void {
    this.#pending.push({ at, seq: this.#seq++, body, ...(effect === undefined ? {} : { effect }) });
  }

  #result(): Run {
    const view = asl.view(this.#standing.state);
    return {
      status: this.#standing.status,
      output: view.output,
      error: view.error?.error,
      cause: view.error?.cause,
      elapsedMs: this.#now - this.#start,
      history: toAwsHistory(this.#entries),
      types: this.#entries.map(({ type }) => type),
      events: this.#events,
      steps: this.#steps,
      program: this.#program,
    };
  }
}
