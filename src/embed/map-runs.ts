import { mapRunIn } from '../asl/arn.js';
import { UPDATE_MAP_RUN } from '../asl/map-run/map-run-change.js';
import { type MapRunDescription, MapRunHistory, runningMapRun } from '../asl/map-run/map-run-history.js';
import type { Engine, Receipt, SendOptions } from '../core/engine.js';
import { MAX_PAGE } from '../core/limits.js';
import { Refused } from '../core/problem.js';

/** What of a Map run is to be otherwise; a `maxConcurrency` of 0 is for as many executions as there may be. */
export interface MapRunBounds {
  readonly maxConcurrency?: number;
  readonly toleratedFailureCount?: number;
  /** From 0 to 100. */
  readonly toleratedFailurePercentage?: number;
}

/**
 * The runs of an execution's distributed Maps, in the order in which they began, for as long as its history is kept. Rejects
 * with Refused (`unknown-instance`).
 */
export async function listMapRuns(engine: Engine, execution: string): Promise<readonly MapRunDescription[]> {
  // Before its history: what ends in between has its end there.
  const owner = await engine.read(execution);
  const history = new MapRunHistory();
  for (let after: string | undefined; ; ) {
    const page = await engine.history(execution, {
      limit: MAX_PAGE,
      ...(after === undefined ? {} : { after }),
    });
    history.read(page.items);
    after = page.next;
    if (after === undefined) break;
  }
  return owner === undefined ? [] : history.runs(owner);
}

/** A Map run by its ARN, as MapRunStarted of its execution's history names it; undefined if there is none. */
export async function describeMapRun(
  engine: Engine,
  mapRunArn: string,
): Promise<MapRunDescription | undefined> {
  const named = mapRunIn(mapRunArn);
  if (named === undefined) return undefined;
  const owner = await engine.read(named.instance);
  if (owner === undefined) return undefined;
  const running = runningMapRun(owner, mapRunArn);
  if (running !== undefined) return running;
  return (await listMapRuns(engine, named.instance)).find((run) => run.mapRunArn === mapRunArn);
}

/**
 * Has other bounds hold for a Map run that runs. Resolves once that is durable, with `wait` once it was applied: the
 * outcome says whether the run was still under way. Rejects with Refused: `unknown-map-run`, or as `engine.send` does.
 */
export async function updateMapRun(
  engine: Engine,
  mapRunArn: string,
  bounds: MapRunBounds,
  options: Pick<SendOptions, 'wait'> = {},
): Promise<Receipt> {
  const named = mapRunIn(mapRunArn);
  if (named === undefined) {
    const message = `there is no Map run ${mapRunArn}`;
    throw new Refused({ code: 'unknown-map-run', message, path: '' });
  }
  const data = { ...bounds, mapRun: named.mapRun };
  return engine.send(named.instance, { type: UPDATE_MAP_RUN, data }, options);
}
