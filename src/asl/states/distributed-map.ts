import type { ChildResult, GatheredEvent } from '../../core/event.js';
import { type Json, utf8Length } from '../../core/json.js';
import type { ActiveThread } from '../active-thread.js';
import { mapRunArn } from '../arn.js';
import { dataLimitFailure, ERRORS, StateFailure } from '../errors.js';
import { failureDetails } from '../history.js';
import {
  MAX_BEGUN_PER_STEP,
  MAX_DATA_BYTES,
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

type Work = Pick<CompiledState, 'enter' | 'resume' | 'processor'>;

/**
 * A Map whose items are executions of their own, children of this one, which keeps only how far it is with them. Step
 * Functions: Map state in Distributed mode.
 */
export function distributedMap(source: StateSource, fields: MapFields, express: boolean): Work {
  const { startAt, flow, items, findsItems, concurrency } = fields;
  const label = labelOf(source.fields);
  const tolerance = compileTolerance(source);
  const batcher = compileBatcher(source, fields);
  const begin = (thread: ActiveThread): MapRun => {
    const selected = flow.select(thread);
    const asked = concurrency(thread, selected) ?? 0;
    thread.observe('maxConcurrency', asked);
    const atOnce = asked || MAX_MAP_RUN_CONCURRENCY;
    const list = items(thread, selected);
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
      ...(findsItems ? {} : { given: list }),
    });
    return new MapRun(stored);
  };
  const goOn = (thread: ActiveThread, run: MapRun): Move => {
    if (run.next !== undefined) {
      const list = (run.given as readonly Json[] | undefined) ?? items(thread, flow.select(thread));
      const budget = { executions: MAX_BEGUN_PER_STEP, items: MAX_ITEMS_PER_STEP };
      while (run.next !== undefined) {
        if (budget.executions === 0 || budget.items <= 0) return { kind: 'more' };
        const { input, size } = batcher.next(thread, list, run, run.next);
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
    processor: { startAt, label, express },
    enter(thread) {
      if (thread.mapRun === undefined) thread.mapRun = begin(thread);
      else if (thread.turn.event.type === 'redrive') thread.mapRun = redriven(thread, thread.mapRun, label);
      const run = thread.mapRun;
      return attempt(thread, run, () => goOn(thread, run));
    },
    resume(thread, answer) {
      const run = thread.mapRun;
      if (run === undefined) throw new Error(`${thread.state} has no Map run`);
      if (answer.type === 'gathered') return collect(thread, run, fields, answer, label);
      return attempt(thread, run, () => {
        if (run.isExceeded) throw new StateFailure(ERRORS.exceedToleratedFailureThreshold, EXCEEDED);
        return goOn(thread, run);
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
