import type { ChildResult, GatheredEvent } from '../../core/event.js';
import { type Json, utf8Length } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { mapRunArn } from '../arn.js';
import { dataLimitFailure, ERRORS, itemReaderFailure, StateFailure } from '../errors.js';
import { failureDetails } from '../history.js';
import type { ItemReader } from '../item-reader/item-reader.js';
import {
  FETCHED_BYTES,
  MAX_BEGUN_PER_STEP,
  MAX_DATA_BYTES,
  MAX_FETCHED_ITEMS,
  MAX_GATHERED_AT_ONCE,
  MAX_ITEMS_PER_STEP,
  MAX_MAP_RUN_CONCURRENCY,
} from '../limits.js';
import { executionDetails } from '../map-run/execution-details.js';
import { labelOf } from '../map-run/label.js';
import { MapRun, newMapRun } from '../map-run/map-run.js';
import type { Tolerance } from '../map-run/tolerance.js';
import { exceedsDataLimit } from '../payload.js';
import type { CompiledState, Move, StateSource } from '../program.js';
import { compileBatcher } from './item-batcher.js';
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
  const { startAt, flow, items, findsItems, concurrency } = fields;
  const label = labelOf(source.fields);
  const tolerance = compileTolerance(source);
  const batcher = compileBatcher(source, fields);
  const begin = (thread: ActiveThread): MapRun => {
    const selected = flow.select(thread);
    const asked = concurrency(thread, selected) ?? 0;
    thread.observe('maxConcurrency', asked);
    const atOnce = asked || MAX_MAP_RUN_CONCURRENCY;
    // What is read is not known yet; AWS says 0 as well.
    const list = reader === undefined ? items(thread, selected) : [];
    thread.record('MapStateStarted', { length: list.length });
    const tolerated = tolerance(thread, selected);
    const batch = batcher.bounds(thread, selected);
    const { turn } = thread;
    const group = turn.nextEffectId();
    const arn = mapRunArn(turn.execution.start.machine, label, turn.event.instance, group);
    thread.record('MapRunStarted', { mapRunArn: arn });
    const stored = newMapRun({
      ...{ group, eventId: thread.lastEventId, at: turn.event.at, total: list.length },
      ...{ limit: Math.min(atOnce, MAX_MAP_RUN_CONCURRENCY), tolerance: tolerated },
      ...(batch === undefined ? {} : { batch }),
      ...(findsItems || reader !== undefined ? {} : { given: list }),
    });
    return new MapRun(stored);
  };
  const listOf = (thread: ActiveThread, run: MapRun): readonly Json[] => {
    if (reader !== undefined) return run.read;
    return (run.given as readonly Json[] | undefined) ?? items(thread, flow.select(thread));
  };
  const goOn = (thread: ActiveThread, run: MapRun, fetching?: string): Move => {
    if (reader !== undefined && run.collection === undefined)
      return read(thread, reader, reader.input(thread, flow.select(thread)));
    if (run.next !== undefined) {
      const list = listOf(thread, run);
      const budget = { executions: MAX_BEGUN_PER_STEP, items: MAX_ITEMS_PER_STEP };
      while (run.next !== undefined) {
        if (budget.executions === 0 || budget.items <= 0) return { kind: 'more' };
        if (!run.has(run.next)) return fetch(thread, run, fetching);
        const { input, size } = batcher.next(thread, list, run, run.next);
        if (run.mayLack(size)) return fetch(thread, run, fetching);
        spawn(thread, run, input);
        run.begin(size);
        budget.executions--;
        budget.items -= size;
      }
    }
    return run.isDone
      ? gather(thread, run)
      : { kind: 'wait', waiting: { for: 'executions', effect: run.group } };
  };
  const attempt = (thread: ActiveThread, run: MapRun, work: () => Move): Move => {
    try {
      return work();
    } catch (error) {
      if (error instanceof StateFailure) fail(thread, run, error);
      throw error;
    }
  };
  return {
    processor: { startAt, label, express, ...(reader && { reader: reader.part }) },
    tasks: reader?.tasks ?? [],
    enter(thread) {
      if (reader !== undefined && isReading(thread)) return reader.work.enter(thread);
      if (thread.mapRun === undefined) thread.mapRun = begin(thread);
      else if (thread.turn.event.type === 'redrive') thread.mapRun = redriven(thread, thread.mapRun, label);
      const run = thread.mapRun;
      return attempt(thread, run, () => goOn(thread, run));
    },
    resume(thread, answer, waited) {
      if (reader !== undefined && isReading(thread)) return reader.work.resume(thread, answer, waited);
      const run = thread.mapRun;
      if (run === undefined) throw new Error(`${thread.state} has no Map run`);
      if (answer.type === 'gathered') return collect(thread, run, fields, answer, label);
      return attempt(thread, run, () => {
        if (run.isExceeded) throw new StateFailure(ERRORS.exceedToleratedFailureThreshold, EXCEEDED);
        if (answer.type === 'fetched') run.take(answer.from, answer.items);
        if (answer.type === 'child.ended' && waited.for === 'child') {
          if (answer.status !== 'succeeded') throw itemReaderFailure(answer.cause ?? answer.error);
          run.collected(answer.effect, Number(answer.output));
        }
        return goOn(thread, run, answer.type === 'fetched' ? undefined : waited.items);
      });
    },
  };
}

const EXCEEDED = 'The specified tolerated failure threshold was exceeded';

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

/** Whether this is the execution that reads for the Map. */
function isReading({ turn }: ActiveThread): boolean {
  return turn.execution.start.reads === true;
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
function gather({ turn }: ActiveThread, run: MapRun): Move {
  const id = turn.nextEffectId();
  const children = run.ungathered(MAX_GATHERED_AT_ONCE);
  const taken = run.outputs.length === 0 ? 1 : utf8Length(JSON.stringify(run.outputs));
  turn.effects.push({ type: 'gather', id, children, limitBytes: MAX_DATA_BYTES - taken, detailed: false });
  return { kind: 'wait', waiting: { for: 'results', effect: id } };
}

/** Asks for more results, or leaves the state with all of them. AWS hangs the exit on the start of the run. */
function collect(
  thread: ActiveThread,
  run: MapRun,
  { name, transition, flow }: MapFields,
  { results }: GatheredEvent,
  label: string,
): Move {
  const missing = run.ungathered(MAX_GATHERED_AT_ONCE).length - results.length;
  const last = results.at(-1)?.index ?? 0;
  run.keep(
    results.map((result) => outputOf(thread, run, result, label)),
    last,
  );
  if (missing === 0 && run.ungathered(1).length > 0) return gather(thread, run);
  thread.record('MapRunSucceeded');
  // What did not fit was left out.
  if (missing > 0) throw dataLimitFailure(name);
  thread.record('MapStateSucceeded');
  const { outputs } = run;
  const move = leaveFor(transition.next, flow.leave(thread, outputs));
  if (move.output !== outputs && exceedsDataLimit(outputs)) throw dataLimitFailure(name);
  thread.lastEventId = run.eventId;
  return move;
}

/** What an execution gave; of one whose failure was tolerated all that there is to say of it. */
function outputOf({ turn }: ActiveThread, { group }: MapRun, result: ChildResult, label: string): Json {
  if (result.status === 'succeeded') return result.output;
  return executionDetails(turn.execution.start.machine, label, turn.event.instance, group, result);
}

/** The run has failed: what is still running is stopped. */
function fail(thread: ActiveThread, run: MapRun, failure: StateFailure): void {
  thread.turn.cancelExecutions(run.group, run.abort());
  thread.record('MapRunFailed', failureDetails(failure.error, failure.cause));
}

/** What has not succeeded is done again. */
function redriven(thread: ActiveThread, run: MapRun, label: string): MapRun {
  const { turn } = thread;
  const group = turn.nextEffectId();
  const arn = mapRunArn(turn.execution.start.machine, label, turn.event.instance, run.id);
  thread.record('MapRunRedriven', { mapRunArn: arn, redriveCount: run.redrives + 1 });
  return new MapRun(run.redriven(group, thread.lastEventId));
}
