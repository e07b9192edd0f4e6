import { toAwsHistory } from '../../src/asl/history-form.js';
import { asl } from '../../src/asl/language.js';
import type { AslProgram } from '../../src/asl/program.js';
import type { SpawnEffect } from '../../src/core/effect.js';
import type { Event, EventBody } from '../../src/core/event.js';
import { hasEnded, type Status } from '../../src/core/instance.js';
import { JOB_ERRORS } from '../../src/core/job.js';
import type { Json, JsonObject } from '../../src/core/json.js';
import type { Step } from '../../src/core/language.js';
import { type ChildEnd, type Performance, Timeline } from '../../src/embed/simulation/timeline.js';

/** What a handler does: gives an output or an error, after some time. */
export type Behaviour = (input: Json, attempt: number) => Outcome;

interface Outcome {
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly afterMs?: number;
  /** What comes of it from outside, after it was asked. */
  readonly later?: readonly Outside[];
}

export interface Outside {
  readonly afterMs: number;
  readonly body: EventBody;
}

export interface DriveOptions {
  readonly handlers?: Readonly<Record<string, Behaviour>>;
  readonly now?: number;
  readonly machine?: string;
  readonly instance?: string;
  readonly seed?: string;
  /** Events that come from outside, at a time after the start. */
  readonly outside?: readonly Outside[];
  /** How executions of other machines end. */
  readonly child?: (effect: SpawnEffect) => ChildEnd;
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

/** Runs a definition to its end, in memory, on a clock of its own, with handlers that take time on it. */
export function drive(definition: Json, input: Json, options: DriveOptions = {}): Run {
  const { now = Date.UTC(2026, 0, 1), machine = 'machine', instance = 'run-1', seed = 'seed' } = options;
  const program = asl.compile(definition);
  const events: Event[] = [];
  const steps: Step[] = [];
  const timeline: Timeline<AslProgram> = new Timeline({
    ...{ language: asl, program, now, seed },
    perform: performer(options, {
      answer: (job, body, afterMs) => timeline.answer(job, body, timeline.now + afterMs),
      later: (body, afterMs) => timeline.send(instance, body, timeline.now + afterMs),
    }),
    ...(options.child === undefined ? {} : { child: options.child }),
    // What is kept is text: the state must survive it.
    keep: (state) => JSON.parse(JSON.stringify(state)) as Json,
    onStep(event, step) {
      events.push(event);
      steps.push(step);
    },
  });
  timeline.begin(instance, machine, input);
  for (const { afterMs, body } of options.outside ?? []) timeline.send(instance, body, now + afterMs);
  while (!hasEnded(timeline.standing(instance).status))
    if (!timeline.advance()) throw new Error('the execution waits for nothing');
  const { status, state } = timeline.standing(instance);
  const { output, error } = asl.view(state);
  const entries = timeline.history(instance);
  return {
    ...{ status, output, error: error?.error, cause: error?.cause, events, steps, program },
    elapsedMs: timeline.now - now,
    history: toAwsHistory(entries),
    types: entries.map(({ type }) => type),
  };
}

interface Replies {
  answer(job: Performance, body: EventBody, afterMs: number): void;
  later(body: EventBody, afterMs: number): void;
}

/** Carries tasks out by their behaviours, which are told how often they were asked. */
function performer({ handlers = {} }: DriveOptions, replies: Replies): (job: Performance) => void {
  const attempts = new Map<string, number>();
  return (job) => {
    const { task, startedAt } = job;
    const attempt = (attempts.get(task.name) ?? 0) + 1;
    attempts.set(task.name, attempt);
    const outcome = handlers[task.name]?.(task.input, attempt) ?? { error: JOB_ERRORS.handlerMissing };
    const { afterMs = 0, error, cause = '', output = null, later = [] } = outcome;
    for (const { body, afterMs } of later) replies.later(body, afterMs);
    const answer = { effect: task.id, startedAt };
    if (error === undefined) replies.answer(job, { type: 'task.succeeded', ...answer, output }, afterMs);
    else replies.answer(job, { type: 'task.failed', ...answer, error, cause }, afterMs);
  };
}
