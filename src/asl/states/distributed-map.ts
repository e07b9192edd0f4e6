import type { GatheredEvent } from '../../core/event.js';
import { given } from '../../core/given.js';
import { type Json, utf8Length } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { dataLimitFailure, StateFailure, toleranceFailure } from '../errors.js';
import type { Waiting } from '../execution.js';
import { failureDetails } from '../history.js';
import { labelOf } from '../label.js';
import {
  MAX_BEGUN_PER_STEP,
  MAX_DATA_BYTES,
  MAX_GATHERED_AT_ONCE,
  MAX_ITEMS_PER_STEP,
  MAX_STOPPED_PER_STEP,
  RESULT_FILE_BYTES,
} from '../limits.js';
import { pendingDetails } from '../map-run/execution-details.js';
import { MapRun } from '../map-run/map-run.js';
import { concurrencyOf } from '../map-run/map-run-change.js';
import { arnOf, detailsOf } from '../map-run/map-run-names.js';
import { mapRunView } from '../map-run/map-run-view.js';
import { newMapRun } from '../map-run/stored-map-run.js';
import type { Tolerance } from '../map-run/tolerance.js';
import { exceedsDataLimit } from '../payload.js';
import type { Answer, CompiledState, Exit, Move, StateSource } from '../program.js';
import { entriesOf, outputOf, type ResultFormat } from '../result-writer/result-format.js';
import { compileResultWriter, type ResultWriter } from '../result-writer/result-writer.js';
import type { ResultTarget } from '../result-writer/stored-writing.js';
import { goOnWriting, type Pen, takeAnswer, writtenOutput } from '../result-writer/writing.js';
import { type Batch, type Batcher, compileBatcher, type ItemAt } from './item-batcher.js';
import { bring, type ItemSource, waitFor } from './item-source.js';
import type { MapFields } from './map-fields.js';
import { COUNT, compileNumberField, PERCENTAGE } from './number-field.js';
import { leaveFor } from './state.js';

/** What goes on with a run: the effect that items come by, and the items where the state is entered. */
interface Onward {
  readonly bringing?: string | undefined;
  readonly list?: readonly Json[];
}

type Work = Pick<CompiledState, 'enter' | 'resume' | 'processor' | 'tasks'>;

/**
 * A Map whose items are executions of their own, children of this one, which keeps only how far it is with them. Step
 * Functions: Map state in Distributed mode.
 */
export function distributedMap(
  source: StateSource,
  fields: MapFields,
  express: boolean,
  from: ItemSource,
): Work {
  const map = new DistributedMap(source, fields, from);
  const { reader, portion } = from;
  return {
    processor: {
      ...{ startAt: fields.startAt, label: map.label, express, portion, writes: map.writes },
      join: (thread, result) => map.join(thread, result),
      ...(reader && { reader: reader.part, parse: reader.parse }),
    },
    tasks: map.tasks,
    enter(thread) {
      if (reader !== undefined && isReading(thread)) return reader.work.enter(thread);
      return map.enter(thread);
    },
    resume(thread, answer, waited) {
      if (reader !== undefined && isReading(thread)) return reader.work.resume(thread, answer, waited);
      return map.resume(thread, answer, waited);
    },
  };
}

/** Whether this is the execution that reads for the Map. */
function isReading({ turn }: ActiveThread): boolean {
  return turn.execution.start.role === 'reader';
}

class DistributedMap {
  readonly label: string;
  readonly tasks: readonly string[];
  readonly #fields: MapFields;
  readonly #from: ItemSource;
  readonly #tolerance: (thread: ActiveThread, selected: Json) => Tolerance;
  readonly #batcher: Batcher;
  readonly #writer: ResultWriter;

  constructor(source: StateSource, fields: MapFields, from: ItemSource) {
    this.label = labelOf(source.fields);
    this.#fields = fields;
    this.#from = from;
    this.#tolerance = compileTolerance(source);
    this.#batcher = compileBatcher(source, fields);
    this.#writer = compileResultWriter(source);
    const { export: exported } = this.#writer;
    this.tasks = [...(from.reader?.tasks ?? []), ...(exported === undefined ? [] : [exported.task])];
  }

  /** Whether its result is where what its executions gave was written. */
  get writes(): boolean {
    return this.#writer.export !== undefined;
  }

  /** Also by the events that go on with what was too much for one, and that change its bounds. */
  enter(thread: ActiveThread): Move {
    if (thread.mapRun === undefined) {
      const { run, list } = this.#begin(thread);
      thread.mapRun = run;
      return this.#attempt(thread, run, () => this.#goOn(thread, run, { list }));
    }
    if (thread.mapRun.isCut) thread.mapRun = redriven(thread, thread.mapRun);
    const run = thread.mapRun;
    return this.#attempt(thread, run, () => this.#goOn(thread, run));
  }

  resume(thread: ActiveThread, answer: Answer, waited: Waiting): Move {
    const run = thread.mapRun;
    if (run === undefined) throw new Error(`${thread.state} has no Map run`);
    if (waited.for === 'results' || waited.for === 'task') {
      if (run.target !== undefined) return this.#written(thread, run, run.target, answer);
      if (answer.type === 'gathered') return this.#collect(thread, run, answer);
    }
    if (answer.type === 'gathered') {
      run.take(answer.results.map(({ output }) => output as readonly Json[]));
      return this.#attempt(thread, run, () => this.#goOn(thread, run));
    }
    return this.#attempt(thread, run, () => {
      return this.#from.take(run, answer, waited) ?? this.#goOn(thread, run, { bringing: waited.items });
    });
  }

  /** The run, and the items that were found or worked out for it. */
  #begin(thread: ActiveThread): { readonly run: MapRun; readonly list: readonly Json[] } {
    const { flow, concurrency } = this.#fields;
    const selected = flow.select(thread);
    const asked = concurrency(thread, selected) ?? 0;
    thread.observe('maxConcurrency', asked);
    const { list, given: kept } = this.#from.begin(thread, selected);
    thread.record('MapStateStarted', { length: list.length });
    const tolerance = this.#tolerance(thread, selected);
    const batch = this.#batcher.bounds(thread, selected);
    const target = this.#writer.export?.target(thread, selected);
    const { turn } = thread;
    const group = turn.nextEffectId();
    thread.record('MapRunStarted', { mapRunArn: arnOf(thread, { id: group, label: this.label }) });
    const stored = newMapRun({
      ...{ group, eventId: thread.lastEventId, label: this.label, at: turn.event.at },
      ...{ total: list.length, limit: concurrencyOf(asked), tolerance },
      ...given({ batch, target, given: kept }),
    });
    return { run: new MapRun(stored), list };
  }

  /** Begins as many executions as may run; once all have ended, sees to what they gave. Throws StateFailure. */
  #goOn(thread: ActiveThread, run: MapRun, { bringing, list }: Onward = {}): Move {
    if (run.isExceeded) throw toleranceFailure();
    if (run.next !== undefined || this.#from.isUnread(run)) {
      const itemAt = this.#from.items(thread, run, list);
      if (typeof itemAt !== 'function') return itemAt;
      const budget = { executions: MAX_BEGUN_PER_STEP, items: MAX_ITEMS_PER_STEP };
      while (run.next !== undefined) {
        if (budget.executions === 0 || budget.items <= 0 || thread.turn.isLong) return { kind: 'more' };
        const batch = this.#batcher.next(thread, itemAt, run, run.next);
        if (batch === undefined) return bring(thread, run, bringing);
        const { input, size } = batch;
        spawn(thread, run, input);
        run.begin(size);
        budget.executions--;
        budget.items -= size;
      }
    }
    if (!run.isDone) return waitFor(run, bringing);
    if (run.target !== undefined) return goOnWriting(thread, run, run.target, this.#pen(thread, run));
    return gather(thread, run, this.#writer.format);
  }

  /** Does some of the run's work. Where it fails, what is running is stopped, and what came of it so far is written. */
  #attempt(thread: ActiveThread, run: MapRun, work: () => Move): Move {
    if (run.failure === undefined) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof StateFailure)) throw error;
        run.fail(error);
        // What this very event has begun is to be there when its result is asked for.
        if (run.target !== undefined && run.executions.running > 0) return { kind: 'more' };
      }
    }
    return this.#stop(thread, run);
  }

  /** A run that has failed comes to its end, many executions at a time. Throws StateFailure. */
  #stop(thread: ActiveThread, run: MapRun): Move {
    thread.turn.cancelExecutions(run.group, run.abort(MAX_STOPPED_PER_STEP));
    if (run.executions.running > 0) return { kind: 'more' };
    // Where not even its items could be read, there is nothing to write.
    if (run.target === undefined || run.total === 0) return fail(thread, run);
    try {
      return goOnWriting(thread, run, run.target, this.#pen(thread, run));
    } catch (error) {
      // Nor where they cannot be held: why is what it failed of.
      if (!(error instanceof StateFailure)) throw error;
      return fail(thread, run);
    }
  }

  #pen(thread: ActiveThread, run: MapRun): Pen {
    const { format, export: exported } = this.#writer;
    return { format, task: exported?.task ?? '', pending: () => this.#pending(thread, run) };
  }

  /** What the next items would have been worked on as. One that nothing can be chosen for is told as it is. */
  #pending(thread: ActiveThread, run: MapRun): readonly Json[] | Move {
    const entries: Json[] = [];
    let [left, bytes] = [MAX_ITEMS_PER_STEP, RESULT_FILE_BYTES];
    const itemAt = this.#from.items(thread, run);
    if (typeof itemAt !== 'function') return itemAt;
    while (run.next !== undefined && left > 0 && bytes > 0) {
      const batch = this.#whatNext(thread, run, itemAt, run.next);
      if (batch === undefined) return entries.length > 0 ? entries : bring(thread, run, undefined);
      const { input, size } = batch;
      const entry = pendingDetails(thread.turn.execution.start.machine, this.label, input);
      entries.push(entry);
      run.passBy(size);
      left -= size;
      bytes -= utf8Length(JSON.stringify(entry));
    }
    return entries;
  }

  #whatNext(thread: ActiveThread, run: MapRun, itemAt: ItemAt, next: number): Batch | undefined {
    try {
      return this.#batcher.next(thread, itemAt, run, next);
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      thread.choosing = undefined;
      return { input: itemAt(next) ?? null, size: 1 };
    }
  }

  /** Something was brought to be written, or was written. AWS hangs the exit on the start of the run. */
  #written(thread: ActiveThread, run: MapRun, target: ResultTarget, answer: Answer): Move {
    try {
      const move = takeAnswer(thread, run, target, this.#pen(thread, run), answer);
      if (move !== undefined) return move;
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      // Why it failed before there was anything to write is what matters more.
      if (run.failure === undefined) run.fail(error);
    }
    return run.failure === undefined
      ? this.#succeed(thread, run, writtenOutput(thread, run, target))
      : fail(thread, run);
  }

  /** Asks for more results, or leaves the state with all of them. */
  #collect(thread: ActiveThread, run: MapRun, { results }: GatheredEvent): Move {
    const { format } = this.#writer;
    const asked = run.ungathered(MAX_GATHERED_AT_ONCE);
    const entries = results.flatMap((result, at) =>
      entriesOf(format, result, () => detailsOf(thread, run, asked[at]?.group ?? run.group, result)),
    );
    run.keep(entries, results.at(-1)?.index ?? 0);
    const isWhole = results.length === asked.length;
    if (isWhole && run.ungathered(1).length > 0) return gather(thread, run, format);
    return this.#succeed(thread, run, isWhole ? outputOf(format, run.outputs) : undefined);
  }

  /** Leaves the state with a result; undefined is one that is too large. AWS hangs the exit on the start of the run. */
  #succeed(thread: ActiveThread, run: MapRun, result: Json | undefined): Move {
    thread.record('MapRunSucceeded', undefined, { mapRun: mapRunView(run) });
    if (result === undefined) throw dataLimitFailure(this.#fields.name);
    thread.record('MapStateSucceeded');
    const move = this.join(thread, result);
    thread.lastEventId = run.eventId;
    return move;
  }

  /** What the state leaves with, given its result. Throws StateFailure. */
  join(thread: ActiveThread, result: Json): Exit {
    const { name, flow, transition } = this.#fields;
    const move = leaveFor(transition.next, flow.leave(thread, result));
    if (move.output !== result && exceedsDataLimit(result)) throw dataLimitFailure(name);
    return move;
  }
}

function compileTolerance(source: StateSource): (thread: ActiveThread, selected: Json) => Tolerance {
  const count = compileNumberField(source, 'ToleratedFailureCount', COUNT);
  const percentage = compileNumberField(source, 'ToleratedFailurePercentage', PERCENTAGE);
  return (thread, selected) => {
    const [most, share] = [count(thread, selected), percentage(thread, selected)];
    if (most !== undefined) thread.observe('toleratedFailureCount', most);
    if (share !== undefined) thread.observe('toleratedFailurePercentage', share);
    return given({ count: most, percentage: share });
  };
}

/** Begins the next execution of a run. */
function spawn({ turn, state }: ActiveThread, { group, next }: MapRun, input: Json): void {
  const { machine } = turn.execution.start;
  const place = { group, ...(next === undefined ? {} : { index: next }) };
  turn.effects.push({ type: 'spawn', id: turn.nextEffectId(), machine, part: state, ...place, input });
}

/** Has the results of the next executions brought, as many as still fit. */
function gather({ turn }: ActiveThread, run: MapRun, { transformation }: ResultFormat): Move {
  const children = run.ungathered(MAX_GATHERED_AT_ONCE);
  const taken = run.outputs.length === 0 ? 1 : utf8Length(JSON.stringify(run.outputs));
  const effect = turn.gather(children, MAX_DATA_BYTES - taken, transformation === 'NONE');
  return { kind: 'wait', waiting: { for: 'results', effect } };
}

/** The run has failed, and nothing of it runs any more. */
function fail(thread: ActiveThread, run: MapRun): never {
  const { failure } = run;
  if (failure === undefined) throw new Error(`${thread.state} has not failed`);
  thread.record('MapRunFailed', failureDetails(failure.error, failure.cause), { mapRun: mapRunView(run) });
  throw failure;
}

/** What has not succeeded is done again. */
function redriven(thread: ActiveThread, run: MapRun): MapRun {
  const { turn } = thread;
  const group = turn.nextEffectId();
  thread.record('MapRunRedriven', { mapRunArn: arnOf(thread, run), redriveCount: run.redrives + 1 });
  return new MapRun(run.redriven(group, thread.lastEventId, turn.event.at));
}
