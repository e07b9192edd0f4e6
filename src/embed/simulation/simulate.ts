import { fromState } from '../../asl/execution.js';
import { type ExecutionStatus, executionStatus } from '../../asl/execution-status.js';
import { toAwsHistory } from '../../asl/history-form.js';
import { asl } from '../../asl/language.js';
import type { AslProgram } from '../../asl/program.js';
import { begin, type Given } from '../../asl/step.js';
import { hasEnded } from '../../core/instance.js';
import { jobAnswer } from '../../core/job.js';
import type { Json, JsonObject } from '../../core/json.js';
import type { Language } from '../../core/language.js';
import { type Problem, Refused } from '../../core/problem.js';
import { thrown } from '../../core/thrown.js';
import { HandlersAtWork } from './handlers-at-work.js';
import {
  asJson,
  LAST_INSTANT_MS,
  type SimulateOptions,
  type SimulateTerms,
  simulateTerms,
} from './simulate-options.js';
import { Timeline } from './timeline.js';

/** How an execution ended. */
export interface Simulated {
  readonly status: ExecutionStatus;
  /** Of one that succeeded. */
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** Its history events as GetExecutionHistory gives them: payloads as JSON text, `timestamp` in milliseconds since 1970. */
  readonly history: readonly JsonObject[];
}

/** Runs an execution of a program to its end. Throws Refused. */
export async function simulateProgram(
  program: AslProgram,
  input: unknown,
  options: SimulateOptions,
): Promise<Simulated> {
  return new Simulation(program, simulateTerms(options)).run(
    input === undefined ? {} : asJson('input', input),
  );
}

class Simulation {
  readonly #terms: SimulateTerms;
  readonly #timeline: Timeline<AslProgram>;
  readonly #handlers: HandlersAtWork;
  #refusal: Problem | undefined;
  #isStopped = false;

  constructor(program: AslProgram, terms: SimulateTerms) {
    const { handlers, missing, now, seed } = terms;
    this.#terms = terms;
    this.#handlers = new HandlersAtWork({
      handlers,
      missing,
      ended: (job, end) => this.#timeline.answer(job, jobAnswer(job.task.id, end, job.startedAt)),
      beat: (jobId) => this.#timeline.beat(jobId),
    });
    this.#timeline = new Timeline({
      language: terms.given === undefined ? asl : beginningWith(terms.given),
      ...{ program, now, seed },
      perform: (job) => this.#handlers.begin(job),
      forget: (jobId) => this.#handlers.forget(jobId),
      onStep: (_, { outcome }) => {
        if (outcome.kind === 'rejected') this.#refusal = outcome.problem;
      },
    });
  }

  async run(input: Json): Promise<Simulated> {
    const { instance, machine, signal } = this.#terms;
    const wake = () => this.#handlers.wake();
    signal?.addEventListener('abort', wake);
    try {
      this.#timeline.begin(instance, machine, input);
      while (!hasEnded(this.#timeline.standing(instance).status)) await this.#goOn();
    } finally {
      signal?.removeEventListener('abort', wake);
    }
    return this.#result();
  }

  /** To what is due, or until a handler has answered. */
  async #goOn(): Promise<void> {
    const timeline = this.#timeline;
    if (this.#terms.signal?.aborted === true && !this.#isStopped) this.#stop(this.#terms.signal);
    const at = timeline.nextAt;
    if (at !== undefined && at > timeline.now && !this.#handlers.areIdle) {
      if (await this.#handlers.settled(this.#terms.patienceMs)) return;
    }
    if (at === undefined || at > LAST_INSTANT_MS) throw this.#endless();
    timeline.advance();
  }

  #stop(signal: AbortSignal): void {
    this.#isStopped = true;
    this.#timeline.send(this.#terms.instance, { type: 'stop', cause: thrown(signal.reason).message });
  }

  #endless(): Refused {
    const { value } = asl.view(this.#timeline.standing(this.#terms.instance).state);
    const message = `the execution never ends: in state ${JSON.stringify(value)} it waits for what never comes`;
    return new Refused({ code: 'never-ends', message, path: '' });
  }

  #result(): Simulated {
    const { status, state } = this.#timeline.standing(this.#terms.instance);
    if (state === null && this.#refusal !== undefined) throw new Refused(this.#refusal);
    const { output, error, cause } = fromState(state);
    const entries = () => this.#timeline.history(this.#terms.instance);
    let history: readonly JsonObject[] | undefined;
    return {
      status: executionStatus(status),
      ...(output === undefined ? {} : { output }),
      ...(error === undefined ? {} : { error }),
      ...(cause === undefined ? {} : { cause }),
      // Put into AWS's form for those who ask: that takes longer than many an execution.
      get history() {
        history ??= toAwsHistory(entries());
        return history;
      },
    };
  }
}

/** The language, in which executions begin with something besides their input. */
function beginningWith(things: Given): Language<AslProgram> {
  return {
    ...asl,
    step: (program, state, event) =>
      event.type === 'start' ? begin(program, event, things) : asl.step(program, state, event),
  };
}
