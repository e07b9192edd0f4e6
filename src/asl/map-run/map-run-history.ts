import { hasEnded, type Status } from '../../core/instance.js';
import type { HistoryEntry } from '../../core/journal.js';
import { isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import type { View } from '../../core/language.js';
import { executionArn, mapRunArn, mapRunIn, stateMachineArn } from '../arn.js';
import type { MapRunTally, MapRunView } from './map-run-view.js';

/** A Map run as DescribeMapRun tells it, with times in milliseconds since 1970 (a door may want seconds). */
export interface MapRunDescription {
  readonly mapRunArn: string;
  readonly executionArn: string;
  /** Of the machine with its Map's label. */
  readonly stateMachineArn: string;
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startDate: number;
  readonly stopDate?: number;
  /** 0 for as many as there may be. */
  readonly maxConcurrency: number;
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly itemCounts: MapRunTally;
  readonly executionCounts: MapRunTally;
  readonly redriveCount: number;
  readonly redriveDate?: number;
}

/** The execution that the runs are of. */
export interface MapRunOwner extends Pick<View, 'groups' | 'part'> {
  readonly id: string;
  readonly machine: string;
  readonly status: Status;
  readonly updatedAt: number;
}

/** How the end of a run is written. */
const ENDS: Readonly<Record<string, MapRunDescription['status']>> = {
  MapRunSucceeded: 'SUCCEEDED',
  MapRunFailed: 'FAILED',
  MapRunAborted: 'ABORTED',
};

interface Known {
  readonly arn: string;
  readonly status?: MapRunDescription['status'];
  readonly stopDate?: number;
  /** How it stood at its end. */
  readonly view?: JsonObject;
}

/** Reads the Map runs of an execution off its history, page after page. */
export class MapRunHistory {
  readonly #runs = new Map<string, Known>();

  read(entries: readonly HistoryEntry[]): void {
    for (const { type, data, at } of entries) {
      if (type === 'MapRunStarted') this.#begin(own(data, 'mapRunStartedEventDetails'));
      if (type === 'MapRunRedriven') this.#begin(own(data, 'mapRunRedrivenEventDetails'));
      const view = own(data, 'mapRun');
      const status = Object.hasOwn(ENDS, type) ? ENDS[type] : undefined;
      if (status === undefined || !isJsonObject(view)) continue;
      const id = String(own(view, 'mapRun'));
      const known = this.#runs.get(id);
      if (known !== undefined) this.#runs.set(id, { ...known, status, stopDate: at, view });
    }
  }

  /** In the order in which they began. */
  runs(owner: MapRunOwner): MapRunDescription[] {
    const standing = new Map((owner.groups ?? []).map((group) => [String(own(group, 'mapRun')), group]));
    return [...this.#runs].flatMap(([id, known]) => {
      const view = known.view ?? standing.get(id);
      return view === undefined ? [] : [describe(owner, known, view)];
    });
  }

  /** It runs, for the first time or again. */
  #begin(details: Json | undefined): void {
    const arn = details !== undefined && isJsonObject(details) ? own(details, 'mapRunArn') : undefined;
    const named = typeof arn === 'string' ? mapRunIn(arn) : undefined;
    if (typeof arn === 'string' && named !== undefined) this.#runs.set(named.mapRun, { arn });
  }
}

/** The run of an ARN where it is under way: its execution's history is not needed for that. */
export function runningMapRun(owner: MapRunOwner, arn: string): MapRunDescription | undefined {
  const { id, machine, status, groups = [] } = owner;
  if (hasEnded(status)) return undefined;
  const view = groups.find(
    ({ mapRun, label }) => mapRunArn(machine, String(label), id, String(mapRun)) === arn,
  );
  return view && describe(owner, { arn }, view);
}

function describe(owner: MapRunOwner, known: Known, view: JsonObject): MapRunDescription {
  const { mapRun: _, label, startedAt, redrivenAt, ...bounds } = view as unknown as MapRunView;
  const { id, machine, part, status, updatedAt } = owner;
  // What ended with its execution, from outside, has no line of its own.
  const end = hasEnded(status)
    ? { status: 'ABORTED' as const, stopDate: updatedAt }
    : { status: 'RUNNING' as const };
  return {
    mapRunArn: known.arn,
    executionArn: executionArn(part === undefined ? machine : `${machine}/${part}`, id),
    stateMachineArn: stateMachineArn(`${machine}/${label}`),
    startDate: startedAt,
    ...(known.status === undefined ? end : { status: known.status }),
    ...(known.stopDate === undefined ? {} : { stopDate: known.stopDate }),
    ...bounds,
    ...(redrivenAt === undefined ? {} : { redriveDate: redrivenAt }),
  };
}
