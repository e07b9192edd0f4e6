import { isJsonObject, type Json, utf8Length } from '../core/json.js';
import type { Problem } from '../core/problem.js';
import { type Action, readAction } from './action.js';
import { cron } from './cron.js';
import { FieldReader } from './field-reader.js';
import {
  CATCH_UP_WINDOW_MS,
  MAX_CATCH_UP_WINDOW_MS,
  MAX_JITTER_MS,
  MAX_SPECIFICATION_BYTES,
  MIN_CATCH_UP_WINDOW_MS,
  MIN_INTERVAL_MS,
  ON_TIME_MS,
} from './limits.js';
import { CATCH_UPS, OVERLAPS, type Overlap } from './specification.js';
import { timeZoneProblem } from './time-zone.js';
import { interval, type Span, type Timetable, within } from './timetable.js';

/** A specification, read and ready to be followed. */
export interface Plan {
  readonly timetable: Timetable;
  readonly jitterMs: number;
  readonly action: Action;
  readonly overlap: Overlap;
  /** Whether each time that was missed fires, or the last of them only. */
  readonly catchesAll: boolean;
  /** How late a firing may be. */
  readonly windowMs: number;
  readonly limit: number;
  readonly paused?: boolean;
}

/**
 * Everything that is wrong with a specification, before a schedule is created or updated with it; paths are
 * JSON Pointers into it.
 *
 * @example
 * checkSchedule({ cron: '0 3 * * *', start: { machine: 'report' } }); // => []
 * checkSchedule({ evry: '15m', start: { machine: 'report' } })[0]?.hint; // => 'did you mean "every"?'
 */
export function checkSchedule(specification: Json): readonly Problem[] {
  const checked = readPlan(specification);
  return 'problems' in checked ? checked.problems : [];
}

/** The plan of a specification, or everything that is wrong with it. */
export function readPlan(
  specification: Json,
): { readonly plan: Plan } | { readonly problems: readonly Problem[] } {
  if (!isJsonObject(specification)) {
    const message = 'a schedule is an object';
    return { problems: [{ code: 'schedule-invalid', message, path: '' }] };
  }
  const bytes = utf8Length(JSON.stringify(specification));
  if (bytes > MAX_SPECIFICATION_BYTES) {
    const message = `a schedule has ${bytes} bytes; at most ${MAX_SPECIFICATION_BYTES} are taken`;
    return { problems: [{ code: 'payload-too-large', message, path: '' }] };
  }
  const reader = new FieldReader(specification, '', KEYS);
  const timetable = readTimetable(reader);
  const jitterMs = reader.duration('jitter', 0, MAX_JITTER_MS) ?? 0;
  const action = readAction(reader);
  const overlap = readOverlap(reader);
  const { catchesAll, windowMs } = readCatchUp(reader, overlap);
  const limit = reader.count('limit') ?? Number.POSITIVE_INFINITY;
  const paused = reader.flag('paused');
  if (timetable === undefined || action === undefined || reader.problems.length > 0) {
    return { problems: reader.problems };
  }
  const plan = { timetable, jitterMs, action, overlap, catchesAll, windowMs, limit };
  return { plan: paused === undefined ? plan : { ...plan, paused } };
}

const KEYS = [
  'cron',
  'every',
  'timeZone',
  'offset',
  'jitter',
  'start',
  'send',
  'overlap',
  'catchUp',
  'catchUpWindow',
  'from',
  'until',
  'limit',
  'paused',
];

function readTimetable(reader: FieldReader): Timetable | undefined {
  const from = reader.instant('from');
  const until = reader.instant('until');
  if (from !== undefined && until !== undefined && until <= from) {
    reader.complain('until', '"until" is not after "from": the schedule would never fire');
  }
  const span: Span = { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
  const kind = reader.oneOf('cron', 'every');
  if (kind === undefined) return undefined;
  const whole = kind === 'cron' ? readCron(reader) : readInterval(reader, from ?? 0);
  return whole === undefined ? undefined : within(whole, span);
}

function readCron(reader: FieldReader): Timetable | undefined {
  if (reader.has('offset')) {
    reader.complain('offset', '"offset" goes with "every"; a cron pattern names its times itself');
  }
  const zone = reader.has('timeZone') ? reader.text('timeZone') : 'UTC';
  const zoneProblem = zone === undefined ? undefined : timeZoneProblem(zone);
  if (zoneProblem !== undefined) reader.add('timeZone', zoneProblem);
  const pattern = reader.text('cron');
  if (pattern === undefined) return undefined;
  // A wrong pattern is said even where the zone is wrong too.
  const isZone = zone !== undefined && zoneProblem === undefined;
  return reader.checked('cron', cron(pattern, isZone ? zone : 'UTC'));
}

function readInterval(reader: FieldReader, anchor: number): Timetable | undefined {
  if (reader.has('timeZone')) {
    reader.complain('timeZone', '"timeZone" goes with "cron"; an interval is elapsed time', {
      hint: 'for a time of day in a zone write cron, as in "0 3 * * *"',
    });
  }
  const everyMs = reader.duration('every', MIN_INTERVAL_MS);
  const offsetMs = reader.duration('offset', 0) ?? 0;
  if (everyMs === undefined) return undefined;
  if (offsetMs >= everyMs) reader.complain('offset', '"offset" must be shorter than "every"');
  return interval(everyMs, anchor + offsetMs);
}

function readOverlap(reader: FieldReader): Overlap {
  if (!reader.has('send')) return reader.word('overlap', OVERLAPS) ?? 'skip';
  if (reader.has('overlap')) {
    reader.complain('overlap', '"overlap" goes with "start"; what is sent has no run that could overlap');
  }
  return 'allow';
}

function readCatchUp(
  reader: FieldReader,
  overlap: Overlap,
): { readonly catchesAll: boolean; readonly windowMs: number } {
  const catchUp = reader.word('catchUp', CATCH_UPS) ?? 'last';
  const windowMs = reader.duration('catchUpWindow', MIN_CATCH_UP_WINDOW_MS, MAX_CATCH_UP_WINDOW_MS);
  if (catchUp === 'none' && reader.has('catchUpWindow')) {
    reader.complain('catchUpWindow', 'there is no window where nothing is caught up', {
      hint: 'leave it out, or write catchUp: last',
    });
  }
  if (catchUp === 'all' && overlap !== 'allow') {
    reader.complain('catchUp', `what is caught up at once would overlap, and overlap is "${overlap}"`, {
      hint: 'write overlap: allow, or catchUp: last',
    });
  }
  return {
    catchesAll: catchUp === 'all',
    windowMs: catchUp === 'none' ? ON_TIME_MS : (windowMs ?? CATCH_UP_WINDOW_MS),
  };
}
