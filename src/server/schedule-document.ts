import type { InstanceView } from '../core/engine.js';
import { given } from '../core/given.js';
import type { Status } from '../core/instance.js';
import type { Json } from '../core/json.js';
import { scheduleName } from '../core/schedule-id.js';

/** A schedule as people and programs read it. Instants within it are texts; `createdAt` and `updatedAt` are not. */
export interface ScheduleDocument extends ScheduleContext {
  readonly name: string;
  /** Of the instance that it is. */
  readonly id: string;
  readonly status: Status;
  /** `active`, `paused` or `finished`; null until a worker has taken it up, as `specification` is. */
  readonly value: Json;
  readonly revision: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly parked?: InstanceView['parked'];
  readonly lag?: string;
}

/** The context that the language of schedules shows. */
interface ScheduleContext {
  readonly specification: Json;
  /** What was said with the pause. */
  readonly note?: string;
  readonly next: string | null;
  readonly last: Firing | null;
  readonly waiting: Firing | null;
  readonly running: readonly Run[];
  /** Newest first. */
  readonly recent: readonly EndedRun[];
  readonly counts: {
    readonly fired: number;
    readonly triggered: number;
    readonly skipped: number;
    readonly missed: number;
  };
}

interface Firing {
  readonly scheduledAt: string;
  readonly triggered: boolean;
}

interface Run extends Firing {
  readonly id: string;
  readonly startedAt: string;
  readonly stopping?: boolean;
}

interface EndedRun extends Omit<Run, 'stopping'> {
  readonly endedAt: string;
  readonly status: Status;
  readonly error?: string;
}

/** Of a schedule that no worker has taken up yet. */
const UNBEGUN: ScheduleContext = {
  specification: null,
  next: null,
  last: null,
  waiting: null,
  running: [],
  recent: [],
  counts: { fired: 0, triggered: 0, skipped: 0, missed: 0 },
};

/** The document of the instance that a schedule is. */
export function scheduleDocument(view: InstanceView): ScheduleDocument {
  const { id, status, value, revision, createdAt, updatedAt, parked, lag } = view;
  const name = scheduleName(id);
  if (name === undefined) throw new Error(`${id} is no schedule`);
  const context = (view.context as unknown as ScheduleContext | null) ?? UNBEGUN;
  const { specification, note, next, last, waiting, running, recent, counts } = context;
  return {
    ...{ name, id, status, value, specification, next, last, waiting, running, recent, counts },
    ...{ revision, createdAt, updatedAt },
    ...given({ note, parked, lag }),
  };
}
