import type { GatheredEvent } from '../../core/event.js';
import { type Json, utf8Length } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { dataLimitFailure, itemReaderFailure, StateFailure, toleranceFailure } from '../errors.js';
import type { Waiting } from '../execution.js';
import { failureDetails } from '../history.js';
import type { ItemReader } from '../item-reader/item-reader.js';
import {
  FETCHED_BYTES,
  MAX_BEGUN_PER_STEP,
  MAX_DATA_BYTES,
  MAX_FETCHED_ITEMS,
  MAX_GATHERED_AT_ONCE,
  MAX_ITEMS_PER_STEP,
  MAX_STOPPED_PER_STEP,
  RESULT_FILE_BYTES,
} from '../limits.js';
import { pendingDetails } from '../map-run/execution-details.js';
import { labelOf } from '../map-run/label.js';
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
import { type Batch, type Batcher, compileBatcher } from './item-batcher.js';
import type { MapFields } from './map-fields.js';
import { COUNT, compileNumberField, PERCENTAGE } from './number-field.js';
import { leaveFor } from './state.js';

type Work = Pick<CompiledState, 'enter' | 'resume' | 'processor' | 'tasks'>;

/**
 * A Map whose items are executions of their own, children of this one, which keeps only how far it is with them. Step
 * Functions: Map state in Distributed mode.
 */
export function distributedMap(
  source: StateSource,
  fields: MapFields,
  express: boolean,
  reader?: ItemReader,
): Work {
  const map = new DistributedMap(source, fields, reader);
  return {
    processor: {
      ...{ startAt: fields.startAt, label: map.label, express, writes: map.writes },
      join: (thread, result) => map.join(thread, result),
      ...(reader && { reader: reader.part }),
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
  return turn.execution.start.reads === true;
}

class DistributedMap {
  readonly label: string;
  readonly tasks: readonly string[];
  readonly #fields: MapFields;
  readonly #reader: ItemReader | undefined;
  readonly #tolerance: (thread: ActiveThread, selected: Json) => Tolerance;
  readonly #batcher: Batcher;
  readonly #writer: ResultWriter;

  constructor(source: StateSource, fields: MapFields, reader: ItemReader | undefined) {
    this.label = labelOf(source.fields);
    this.#fields = fields;
    this.#reader = reader;
    this.#tolerance = compileTolerance(source);
    this.#batcher = compileBatcher(source, fields);
    this.#writer = compileResultWriter(source);
    const { export: exported } = this.#writer;
    this.tasks = [...(reader?.tasks ?? []), ...(exported === undefined ? [] : [exported.task])];
  }

  /** Whether its result is where what its executions gave was written. */
  get writes(): boolean {
    return this.#writer.export !== undefined;
  }

  /** Also by the events that go on with what was too much for one, and that change its bounds. */
  enter(thread: ActiveThread): Move {
    if (thread.mapRun === undefined) thread.mapRun = this.#begin(thread);
    else if (thread.turn.event.type === 'redrive') thread.mapRun = redriven(thread, thread.mapRun);
    const run = thread.mapRun;
    return this.#attempt(thread, run, () => this.#goOn(thread, run));
  }

  resume(thread: ActiveThread, answer: Answer, waited: Waiting): Move {
    const run = thread.mapRun;
    if (run === undefined) throw new Error(`${thread.state} has no Map run`);
    if (answer.type === 'fetched') run.take(answer.from, answer.items);
    else if (run.target !== undefined && waited.for !== 'executions' && waited.for !== 'child')
      return this.#written(thread, run, run.target, answer);
    else if (answer.type === 'gathered') return this.#collect(thread, run, answer);
    return this.#attempt(thread, run, () => {
      if (answer.type === 'child.ended' && waited.for === 'child') {
        if (answer.status !== 'succeeded') throw itemReaderFailure(answer.cause ?? answer.error);
        run.collected(answer.effect, Number(answer.output));
      }
      return this.#goOn(thread, run, answer.type === 'fetched' ? undefined : waited.items);
    });
  }

  #begin(thread: ActiveThread): MapRun {
    const { flow, concurrency, items, findsItems } = this.#fields;
    const reader = this.#reader;
    const selected = flow.select(thread);
    const asked = concurrency(thread, selected) ?? 0;
    thread.observe('maxConcurrency', asked);
    // What is read is not known yet; AWS says 0 as well.
    const list = reader === undefined ? items(thread, selected) : [];
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
      ...(batch === undefined ? {} : { batch }),
      ...(target === undefined ? {} : { target }),
      ...(findsItems || reader !== undefined ? {} : { given: list }),
    });
    return new MapRun(stored);
  }

  /** Begins as many executions as may run; once all have ended, sees to what they gave. Throws StateFailure. */
  #goOn(thread: ActiveThread, run: MapRun, fetching?: string): Move {
    if (run.isExceeded) throw toleranceFailure();
    const { flow } = this.#fields;
    if (this.#reader !== undefined && run.collection === undefined)
      return read(thread, this.#reader, this.#reader.input(thread, flow.select(thread)));
    if (run.next !== undefined) {
      const list = this.#listOf(thread, run);
      const budget = { executions: MAX_BEGUN_PER_STEP, items: MAX_ITEMS_PER_STEP };
      while (run.next !== undefined) {
        if (budget.executions === 0 || budget.items <= 0) return { kind: 'more' };
        if (!run.has(run.next)) return fetch(thread, run, fetching);
        const { input, size } = this.#batcher.next(thread, list, run, run.next);
        if (run.mayLack(size)) return fetch(thread, run, fetching);
        spawn(thread, run, input);
        run.begin(size);
        budget.executions--;
        budget.items -= size;
      }
    }
    if (!run.isDone) return { kind: 'wait', waiting: { for: 'executions', effect: run.group } };
    if (run.target !== undefined) return goOnWriting(thread, run, run.target, this.#pen(thread, run));
    return gather(thread, run, this.#writer.format);
  }

  #listOf(thread: ActiveThread, run: MapRun): readonly Json[] {
    if (this.#reader !== undefined) return run.read;
    const { items, flow } = this.#fields;
    return (run.given as readonly Json[] | undefined) ?? items(thread, flow.select(thread));
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
    if (run.target !== undefined && run.total > 0)
      return goOnWriting(thread, run, run.target, this.#pen(thread, run));
    return fail(thread, run);
  }

  #pen(thread: ActiveThread, run: MapRun): Pen {
    const { format, export: exported } = this.#writer;
    return { format, task: exported?.task ?? '', pending: () => this.#pending(thread, run) };
  }

  /** What the next items would have been worked on as. One that nothing can be chosen for is told as it is. */
  #pending(thread: ActiveThread, run: MapRun): readonly Json[] | Move {
    const entries: Json[] = [];
    let [left, bytes] = [MAX_ITEMS_PER_STEP, RESULT_FILE_BYTES];
    const list = this.#listOf(thread, run);
    while (run.next !== undefined && left > 0 && bytes > 0) {
      if (!run.has(run.next)) return entries.length > 0 ? entries : fetch(thread, run, undefined);
      const { input, size } = this.#whatNext(thread, run, list, run.next);
      const entry = pendingDetails(thread.turn.execution.start.machine, this.label, input);
      entries.push(entry);
      run.passBy(size);
      left -= size;
      bytes -= utf8Length(JSON.stringify(entry));
    }
    return entries;
  }

  #whatNext(thread: ActiveThread, run: MapRun, list: readonly Json[], next: number): Batch {
    try {
      return this.#batcher.next(thread, list, run, next);
    } catch (error) {
      if (!(error instanceof StateFailure)) throw error;
      thread.choosing = undefined;
      return { input: list[next] ?? null, size: 1 };
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
    return {
      ...(most === undefined ? {} : { count: most }),
      ...(share === undefined ? {} : { percentage: share }),
    };
  };
}

/** Begins the next execution of a run. */
function spawn({ turn, state }: ActiveThread, { group, next }: MapRun, input: Json): void {
  const { machine } = turn.execution.start;
  const place = { group, ...(next === undefined ? {} : { index: next }) };
  turn.effects.push({ type: 'spawn', id: turn.nextEffectId(), machine, part: state, ...place, input });
}

/** Has the items read, in an execution of its own. */
function read({ turn }: ActiveThread, { part }: ItemReader, input: Json): Move {
  const id = turn.nextEffectId();
  turn.effects.push({ type: 'spawn', id, machine: turn.execution.start.machine, part, input });
  return { kind: 'wait', waiting: { for: 'child', effect: id } };
}

/** Has the next items that were read brought, unless they are on their way. */
function fetch({ turn }: ActiveThread, run: MapRun, fetching: string | undefined): Move {
  const { collection: group = '', next: from = 0, isBatched } = run;
  const items = fetching ?? turn.nextEffectId();
  if (fetching === undefined) {
    // A batch is made of one piece.
    const [limit, limitBytes] = isBatched ? [run.total, MAX_DATA_BYTES] : [MAX_FETCHED_ITEMS, FETCHED_BYTES];
    turn.effects.push({ type: 'fetch', id: items, child: { group, index: 0 }, from, limit, limitBytes });
  }
  return { kind: 'wait', waiting: { for: 'executions', effect: run.group, items } };
}

/** Has the results of the next executions brought, as many as still fit. */
function gather({ turn }: ActiveThread, run: MapRun, { transformation }: ResultFormat): Move {
  const id = turn.nextEffectId();
  const children = run.ungathered(MAX_GATHERED_AT_ONCE);
  const taken = run.outputs.length === 0 ? 1 : utf8Length(JSON.stringify(run.outputs));
  const [limitBytes, detailed] = [MAX_DATA_BYTES - taken, transformation === 'NONE'];
  turn.effects.push({ type: 'gather', id, children, limitBytes, detailed });
  return { kind: 'wait', waiting: { for: 'results', effect: id } };
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
