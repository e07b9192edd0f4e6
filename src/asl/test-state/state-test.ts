import type { TaskEffect } from '../../core/effect.js';
import { given } from '../../core/given.js';
import type { Json, JsonObject } from '../../core/json.js';
import { ActiveThread } from '../active-thread.js';
import { expressArn } from '../arn.js';
import { errorOutput, findCatcher } from '../catch.js';
import { overlaid } from '../context.js';
import { ERRORS, StateFailure, toleranceFailure } from '../errors.js';
import { type Execution, MAIN_THREAD, type Waiting } from '../execution.js';
import { exit } from '../exit.js';
import type { Order } from '../item-reader/reading.js';
import { MAX_TEST_MS } from '../limits.js';
import type { MapRun } from '../map-run/map-run.js';
import { isExceeded } from '../map-run/tolerance.js';
import type { Answer, Exit, Move, Processor } from '../program.js';
import { stateOf } from '../program.js';
import { written } from '../recovery.js';
import { findRetrier, retryDelayMs } from '../retry.js';
import { parseResource } from '../task/resource.js';
import { Threads } from '../threads.js';
import { type Stage, Turn } from '../turn.js';
import { httpRequest, httpResponse } from './http-exchange.js';
import type { InspectionData, StateTestAnswer, StateTestRequest } from './request.js';
import { LONE_STATE, type TestSubject } from './subject.js';

/** What identifies the execution that a state is tested in. */
const NAME = 'test-state';

/** A test that wants a Task's work done, and what to hand its answer to. */
export interface Pending {
  readonly task: TaskEffect;
  readonly answer: (answer: Answer) => StateTestAnswer;
}

/** One state that is worked in, with a mock of what it has done, or up to what it wants done. Pure. */
export class StateTest {
  readonly #subject: TestSubject;
  readonly #request: StateTestRequest;
  readonly #turn: Turn;
  readonly #threads: Threads;
  readonly #thread: ActiveThread;
  readonly #seen: Record<string, Json> = {};
  /** What was made for each item of a Map, or batch of them, by its place. */
  readonly #each: Record<string, Json[]> = {};

  /** `now` is in milliseconds since 1970. */
  constructor(subject: TestSubject, request: StateTestRequest, now: number, seed: string) {
    const { input = {}, variables, context, roleArn = null } = request;
    const { name } = subject.state;
    const Execution = { Id: expressArn(NAME, NAME), RoleArn: roleArn };
    const tested = { State: { Name: LONE_STATE }, Execution };
    const start = { machine: NAME, at: now, input, express: true, context: overlaid(tested, context) };
    // As if the execution had started, and the state been entered.
    const entered = { at: now, eventId: 2, after: 1 };
    const thread = { state: name, input, lastEventId: 2, entered, ...given({ variables }) };
    const execution: Execution = { start, threads: { [MAIN_THREAD]: thread }, nextEventId: 3 };
    const event = { type: 'continue', id: NAME, instance: NAME, revision: 1, at: now, seed } as const;
    this.#subject = subject;
    this.#request = request;
    this.#turn = new Turn(execution, event, (stage, value, index) => this.#see(stage, value, index));
    this.#threads = new Threads(this.#turn);
    this.#thread = new ActiveThread(this.#turn, undefined, 0, thread);
  }

  run(): StateTestAnswer | Pending {
    return this.#guarded(() => {
      const state = stateOf(this.#subject.program, this.#thread);
      const { mock } = this.#request;
      // Of a Parallel that is mocked AWS does not look at the input.
      const move = state.type === 'Parallel' ? undefined : state.enter(this.#thread);
      if (mock === undefined) return this.#carryOut(move);
      if (move?.kind === 'fork') this.#chooseInputs(move);
      this.#supplyItems(this.#thread.mapRun, state.processor);
      this.#beginExecutions(this.#thread.mapRun);
      if (mock.errorOutput !== undefined) throw this.#mockedFailure(mock.errorOutput);
      this.#checkFailures(this.#thread.mapRun);
      const { result = null } = mock;
      if (state.fork !== undefined)
        return this.#leave(state.fork.join(this.#thread, result as readonly Json[]));
      if (state.processor !== undefined) return this.#leave(state.processor.join(this.#thread, result));
      if (move?.kind !== 'wait') throw new Error(`${state.name}: it waits for nothing`);
      const { effect } = move.waiting.callback ?? move.waiting;
      return this.#take({ type: 'task.succeeded', effect, output: result }, move.waiting);
    });
  }

  #carryOut(move: Move | undefined): StateTestAnswer | Pending {
    if (move?.kind === 'exit') return this.#leave(move);
    if (move?.kind === 'fail') throw new StateFailure(move.error, move.cause);
    if (move?.kind !== 'wait') throw new Error(`${this.#subject.state.name}: it waits for nothing`);
    const { waiting } = move;
    const [effect] = this.#turn.effects;
    if (effect?.type === 'timer') {
      if (effect.dueAt - this.#turn.event.at > MAX_TEST_MS) throw new StateFailure(ERRORS.timeout, undefined);
      return this.#take({ type: 'timer.fired', effect: effect.id }, waiting);
    }
    if (effect?.type !== 'task') throw new Error(`${this.#subject.state.name}: nothing is asked for`);
    return { task: effect, answer: (answer) => this.#guarded(() => this.#take(answer, waiting)) };
  }

  #take(answer: Answer, waiting: Waiting): StateTestAnswer {
    const move = this.#subject.state.resume(this.#thread, answer, waiting);
    if (move.kind !== 'exit') throw new Error(`${this.#subject.state.name}: it waits again`);
    return this.#leave(move);
  }

  #leave(move: Exit): StateTestAnswer {
    exit(this.#threads, this.#thread, this.#subject.state, move);
    return this.#answer({ status: 'SUCCEEDED', output: move.output, ...given({ nextState: move.next }) });
  }

  /** What each iteration of a Map would begin with. */
  #chooseInputs({ threads }: Extract<Move, { readonly kind: 'fork' }>): void {
    const { fork } = this.#subject.state;
    if (fork === undefined || threads.each !== true) return;
    this.#thread.begin(threads);
    const begun = this.#thread.fork;
    for (let index = 0; index < threads.length; index++)
      fork.begin(this.#thread, index, begun?.given(index) ?? null);
    this.#thread.fork = undefined;
  }

  /** What would be read, or held in portions, is at hand. */
  #supplyItems(run: MapRun | undefined, processor: Processor | undefined): void {
    const spawns = this.#turn.effects.filter((effect) => effect.type === 'spawn');
    const portions = spawns.filter(({ part }) => part !== undefined && part === processor?.portion);
    if (portions.length > 0) run?.give(portions.flatMap(({ input }) => input as readonly Json[]));
    const reading = spawns.find(({ part }) => part !== undefined && part === processor?.reader);
    const text = this.#request.stateConfiguration?.mapItemReaderData;
    if (reading === undefined || text === undefined) return;
    const { maxItems } = reading.input as unknown as Order;
    run?.give(processor?.parse?.(text, maxItems) ?? []);
  }

  /** Each begins as if those before it had ended. */
  #beginExecutions(run: MapRun | undefined): void {
    if (run === undefined) return;
    for (let first = 0; ; this.#subject.state.enter(this.#thread)) {
      if (run.failure !== undefined) throw run.failure;
      while (run.executions.running > 0) run.end(first++, 'succeeded');
      if (run.isDone) return;
    }
  }

  /** AWS holds the failures against a tolerance that is written down; one that is not, which is none, it lets be exceeded. */
  #checkFailures(run: MapRun | undefined): void {
    const failed = this.#request.stateConfiguration?.mapIterationFailureCount ?? 0;
    if (run === undefined || Object.keys(run.tolerance).length === 0) return;
    if (isExceeded(run.tolerance, failed, run.total)) throw toleranceFailure();
  }

  #mockedFailure({ error, cause }: { readonly error?: string; readonly cause?: string }): StateFailure {
    return new StateFailure(error, cause);
  }

  #guarded<T>(work: () => T): T | StateTestAnswer {
    try {
      return work();
    } catch (error) {
      return this.#failed(written(this.#thread, error));
    }
  }

  /** AWS tells of a retry that it would come, and of a Catcher where it leads. */
  #failed(failure: StateFailure): StateTestAnswer {
    const { state } = this.#subject;
    const { error, cause } = failure;
    const why = given({ error, cause });
    const retryIndex = findRetrier(state.retriers, error);
    const retrier = state.retriers[retryIndex];
    const used = this.#request.stateConfiguration?.retrierRetryCount ?? 0;
    if (retrier !== undefined && used < retrier.maxAttempts) {
      const retryBackoffIntervalSeconds = Math.round(retryDelayMs(retrier, used) / 1_000);
      return this.#answer({ status: 'RETRIABLE', ...why }, { retryIndex, retryBackoffIntervalSeconds });
    }
    const catcher = findCatcher(state.catchers, error);
    if (catcher === undefined) {
      const details = retrier === undefined ? undefined : { retryIndex };
      return this.#answer({ status: 'FAILED', ...why }, details);
    }
    try {
      const left = catcher.leave(this.#thread, errorOutput(failure));
      exit(this.#threads, this.#thread, state, { kind: 'exit', next: catcher.next, ...left });
      const caught = {
        status: 'CAUGHT_ERROR',
        output: left.output,
        ...why,
        nextState: catcher.next,
      } as const;
      return this.#answer(caught, { catchIndex: state.catchers.indexOf(catcher) });
    } catch (second) {
      const { error: name, cause: reason } = written(this.#thread, second);
      return this.#answer({ status: 'FAILED', ...given({ error: name, cause: reason }) });
    }
  }

  /** What an HTTP Task asks, and what it is answered. */
  #exchange(): Pick<InspectionData, 'request' | 'response'> {
    const resource = parseResource(this.#subject.resource);
    const isHttp =
      'value' in resource && resource.value.kind === 'service' && resource.value.resourceType === 'http';
    const { afterArguments, afterParameters = null, result = null } = this.#seen;
    const request = isHttp ? httpRequest(afterArguments ?? afterParameters) : undefined;
    return request === undefined ? {} : given({ request, response: httpResponse(request, result) });
  }

  #see(stage: Stage, value: Json, index: number | undefined): void {
    if (index === undefined) {
      this.#seen[stage] = value;
      return;
    }
    this.#each[stage] ??= [];
    this.#each[stage][index] = value;
  }

  #answer(
    answer: Omit<StateTestAnswer, 'inspectionData'>,
    errorDetails?: InspectionData['errorDetails'],
  ): StateTestAnswer {
    const { inspectionLevel = 'INFO', input = {} } = this.#request;
    if (inspectionLevel === 'INFO') return answer;
    const variables: JsonObject = this.#thread.variables ?? {};
    const inspectionData: InspectionData = {
      input,
      ...this.#seen,
      // A batch has the place of its first item.
      ...Object.fromEntries(Object.entries(this.#each).map(([stage, made]) => [stage, Object.values(made)])),
      ...(inspectionLevel === 'TRACE' ? this.#exchange() : {}),
      ...(Object.keys(variables).length === 0 ? {} : { variables }),
      ...given({ errorDetails }),
    };
    return { ...answer, inspectionData };
  }
}
