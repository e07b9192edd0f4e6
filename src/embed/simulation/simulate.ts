import { fromState } from '../../asl/execution.js';
import { executionStatus } from '../../asl/execution-status.js';
import { asl } from '../../asl/language.js';
import type { AslProgram } from '../../asl/program.js';
import { begin, type Given } from '../../asl/step.js';
import { effectName, idProblem } from '../../core/identifier.js';
import { hasEnded } from '../../core/instance.js';
import { jobAnswer } from '../../core/job.js';
import { canonicalText, type Json } from '../../core/json.js';
import type { Language } from '../../core/language.js';
import { type Problem, Refused } from '../../core/problem.js';
import { thrown } from '../../core/thrown.js';
import { type CreateOptions, START_EXECUTION, startExecution } from '../start-execution.js';
import { HandlersAtWork } from './handlers-at-work.js';
import { asJson, LAST_INSTANT_MS, type Posted, type SimulateTerms } from './simulate-options.js';
import { type Simulated, simulated } from './simulated.js';
import { type Performance, Timeline } from './timeline.js';

/** Runs an execution of a program to its end; there is a promise only where it waits for something. Throws Refused. */
export function simulateProgram(
  program: AslProgram,
  input: unknown,
  terms: SimulateTerms,
): Simulated | Promise<Simulated> {
  return new Simulation(program, terms).run(input === undefined ? {} : asJson('input', input));
}

/** How many executions that nobody waits for one simulation begins: one that begins itself would never come to an end. */
export const MAX_BEGUN_BESIDE = 1_000;

class Simulation {
  readonly #terms: SimulateTerms;
  readonly #timeline: Timeline<AslProgram>;
  /** Many an execution asks for no work. */
  #begunHandlers: HandlersAtWork | undefined;
  #begunCallbacks: HandlersAtWork | undefined;
  /** What is still to be said, the next first. */
  readonly #messages: Posted[];
  #refusal: Problem | undefined;
  /** How many executions were begun that nobody waits for. */
  #begunBeside = 0;
  #isStopped = false;

  constructor(program: AslProgram, terms: SimulateTerms) {
    const { machines, now, seed } = terms;
    this.#terms = terms;
    this.#messages = [...terms.messages];
    this.#timeline = new Timeline({
      language: terms.given === undefined ? asl : beginningWith(terms.given, terms.instance),
      program,
      now,
      seed,
      perform: (job) => this.#handlers.begin(job),
      forget: (jobId) => {
        this.#begunHandlers?.forget(jobId);
        this.#begunCallbacks?.forget(jobId);
      },
      child: ({ machine }) => {
        const other = machines.get(machine);
        return other === undefined ? undefined : { program: other };
      },
      onStep: (_, { outcome }) => {
        if (outcome.kind === 'rejected') this.#refusal = outcome.problem;
      },
    });
  }

  run(input: Json): Simulated | Promise<Simulated> {
    const { instance, machine } = this.#terms;
    this.#timeline.begin(instance, machine, input);
    return this.#hasEnded ? this.#result() : this.#toEnd();
  }

  get #hasEnded(): boolean {
    return hasEnded(this.#timeline.standing(this.#terms.instance).status);
  }

  async #toEnd(): Promise<Simulated> {
    const { signal } = this.#terms;
    const wake = () => this.#wake();
    signal?.addEventListener('abort', wake);
    try {
      while (!this.#hasEnded) await this.#goOn();
    } finally {
      signal?.removeEventListener('abort', wake);
    }
    return this.#result();
  }

  get #handlers(): HandlersAtWork {
    this.#begunHandlers ??= this.#beginHandlers();
    return this.#begunHandlers;
  }

  #beginHandlers(): HandlersAtWork {
    const { handlers, machines, missing } = this.#terms;
    const begin = { [START_EXECUTION]: startExecution(async (...asked) => this.#create(...asked)) };
    return new HandlersAtWork({
      handlers: machines.size === 0 ? handlers : { ...begin, ...handlers },
      missing,
      ended: (job, end) => {
        this.#timeline.answer(job, jobAnswer(job.task.id, end, job.startedAt));
        if (end.status === 'completed') this.#callBack(job);
      },
      beat: ({ jobId }) => this.#timeline.beat(jobId),
    });
  }

  /** Those who have tokens. */
  get #callbacks(): HandlersAtWork {
    this.#begunCallbacks ??= this.#beginCallbacks();
    return this.#begunCallbacks;
  }

  #beginCallbacks(): HandlersAtWork {
    const { callbacks, missing } = this.#terms;
    return new HandlersAtWork({
      handlers: callbacks,
      missing,
      ended: (job, end) => this.#timeline.answer(job, jobAnswer(job.task.id, end, undefined)),
      beat: ({ instance, task }) =>
        this.#timeline.send(instance, { type: 'task.heartbeat', effect: task.id }),
    });
  }

  /** To what is due, or until a handler has answered. */
  async #goOn(): Promise<void> {
    const timeline = this.#timeline;
    if (this.#terms.signal?.aborted === true && !this.#isStopped) this.#stop(this.#terms.signal);
    const due = timeline.nextAt;
    const at = this.#nextAt(due);
    if (at !== undefined && at > timeline.now && !(this.#handlers.areIdle && this.#callbacks.areIdle)) {
      const { patienceMs } = this.#terms;
      const settled = [this.#handlers.settled(patienceMs), this.#callbacks.settled(patienceMs)];
      const isSettled = await Promise.race(settled);
      this.#wake();
      if (isSettled) return;
    }
    if (at === undefined || at > LAST_INSTANT_MS) throw this.#endless();
    const [message] = this.#messages;
    if (message === undefined || (due !== undefined && due <= message.at)) timeline.advance();
    else this.#say(message);
  }

  /** When something happens next: what is due, or a message. */
  #nextAt(due: number | undefined): number | undefined {
    const [message] = this.#messages;
    if (message === undefined) return due;
    return Math.min(message.at, due ?? message.at);
  }

  #say({ at, subject, output }: Posted): void {
    this.#messages.shift();
    this.#timeline.passTo(at);
    this.#timeline.correlate(subject, output);
  }

  #wake(): void {
    this.#handlers.wake();
    this.#callbacks.wake();
  }

  /** Has the token of a task, which its handler has handed on, answered. */
  #callBack({ instance, task }: Performance): void {
    if (!Object.hasOwn(this.#terms.callbacks, task.name)) return;
    const effect = callbackEffect(this.#timeline.standing(instance).state, task.id);
    if (effect === undefined) return;
    const jobId = effectName(instance, effect);
    this.#callbacks.begin({ jobId, instance, task: { ...task, id: effect }, startedAt: this.#timeline.now });
  }

  /** An execution that nobody waits for, on the same clock. */
  #create(machine: string, { id, input }: CreateOptions): { readonly createdAt: number } {
    const timeline = this.#timeline;
    const program = this.#terms.machines.get(machine);
    if (program === undefined) throw refused('unknown-machine', `there is no machine "${machine}" here`);
    const problem = idProblem('a name', id);
    if (problem !== undefined) throw new Refused(problem);
    const there = timeline.standing(id).state;
    if (there !== null) {
      const { start } = fromState(there);
      if (start.machine === machine && canonicalText(start.input) === canonicalText(input))
        return { createdAt: start.at };
      throw refused('conflict', `there is another execution "${id}"`);
    }
    if (this.#begunBeside >= MAX_BEGUN_BESIDE)
      throw refused('too-many', `a simulation begins at most ${MAX_BEGUN_BESIDE} executions`);
    this.#begunBeside += 1;
    timeline.begin(id, machine, input, program);
    if (timeline.standing(id).state === null) throw refused('invalid-input', 'its input is refused');
    return { createdAt: timeline.now };
  }

  #stop(signal: AbortSignal): void {
    this.#isStopped = true;
    this.#timeline.send(this.#terms.instance, { type: 'stop', cause: thrown(signal.reason).message });
  }

  #endless(): Refused {
    const { value } = asl.view(this.#timeline.standing(this.#terms.instance).state);
    const message = `the execution never ends: in state ${JSON.stringify(value)} it waits for what never comes`;
    return refused('never-ends', message);
  }

  #result(): Simulated {
    const { status, state } = this.#timeline.standing(this.#terms.instance);
    if (state === null && this.#refusal !== undefined) throw new Refused(this.#refusal);
    return simulated(executionStatus(status), fromState(state), () =>
      this.#timeline.history(this.#terms.instance),
    );
  }
}

function refused(code: string, message: string): Refused {
  return new Refused({ code, message, path: '' });
}

/** The effect that the answer to a token has, of the task that a handler was asked for by this one. */
function callbackEffect(state: Json, effect: string): string | undefined {
  const threads = Object.values(fromState(state).threads);
  return threads.find(({ waiting }) => waiting?.effect === effect)?.waiting?.callback?.effect;
}

/** The language, in which one execution begins with something besides its input. */
function beginningWith(things: Given, instance: string): Language<AslProgram> {
  return {
    ...asl,
    step: (program, state, event) =>
      event.type === 'start' && event.instance === instance
        ? begin(program, event, things)
        : asl.step(program, state, event),
  };
}
