import { MAX_MAP_RUN_CONCURRENCY } from '../limits.js';
import type { MapRun } from './map-run.js';
import type { Counts } from './stored-map-run.js';

/** How many of a run's items, or executions, there are of each. */
export type MapRunTally = Readonly<Record<keyof Counts | 'pending' | 'total' | 'resultsWritten', number>>;

/** What can be told of a Map run, in the words of DescribeMapRun. It is written into histories, and so is JSON. */
export type MapRunView = {
  /** Its id within its execution: the group that its executions began in. */
  readonly mapRun: string;
  readonly label: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** 0 for as many as there may be, as AWS tells it. */
  readonly maxConcurrency: number;
  /** 0 as well where that bound was not given. */
  readonly toleratedFailureCount: number;
  readonly toleratedFailurePercentage: number;
  readonly itemCounts: MapRunTally;
  readonly executionCounts: MapRunTally;
  readonly redriveCount: number;
  /** When last. */
  readonly redrivenAt?: number;
};

export function mapRunView(run: MapRun): MapRunView {
  const { items, executions, total, writing, batch, tolerance, redrivenAt } = run;
  const pending = total - sum(items);
  return {
    ...{ mapRun: run.id, label: run.label, startedAt: run.at },
    maxConcurrency: run.limit === MAX_MAP_RUN_CONCURRENCY ? 0 : run.limit,
    toleratedFailureCount: tolerance.count ?? 0,
    toleratedFailurePercentage: tolerance.percentage ?? 0,
    itemCounts: tally(items, pending, writing?.items),
    // How many batches there will be is not known before they are made.
    executionCounts: tally(executions, batch === undefined ? pending : 0, writing?.executions),
    redriveCount: run.redrives,
    ...(redrivenAt === undefined ? {} : { redrivenAt }),
  };
}

function tally(counts: Counts, pending: number, resultsWritten = 0): MapRunTally {
  return { pending, ...counts, total: pending + sum(counts), resultsWritten };
}

function sum({ running, succeeded, failed, timedOut, aborted }: Counts): number {
  return running + succeeded + failed + timedOut + aborted;
}
