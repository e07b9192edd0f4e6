import { isJsonObject, type Json, own } from '../../core/json.js';
import type { ScheduleDocument } from '../../server/schedule-document.js';
import { sentenceOf } from '../failure.js';
import { table } from './table.js';
import { timeText } from './time.js';

/** How a schedule stands that no worker has taken up yet. */
const UNBEGUN = 'new';

/** A schedule as a block of lines. */
export function scheduleText(schedule: ScheduleDocument): string {
  const { id, name, status, note, specification, next, last, waiting, running, recent, counts } = schedule;
  const standing = standText(schedule);
  const rows: [string, string][] = [
    ['name', name],
    ['id', id],
    ['status', status],
    ['state', note === undefined ? standing : `${standing}: ${note}`],
  ];
  if (specification !== null) {
    rows.push(['when', whenText(specification)], ['does', actionText(specification)]);
    rows.push(['specification', JSON.stringify(specification)]);
  }
  rows.push(['next', next ?? '-'], ['last', last?.scheduledAt ?? '-']);
  if (waiting !== null) rows.push(['waiting', waiting.scheduledAt]);
  rows.push(['counts', countsText(counts)]);
  for (const run of running) rows.push(['running', `${run.id} since ${run.startedAt}`]);
  for (const run of recent) {
    const error = run.error === undefined ? '' : ` (${run.error})`;
    rows.push(['ended', `${run.id} ${run.status}${error} at ${run.endedAt}`]);
  }
  if (schedule.parked !== undefined) {
    rows.push(['parked', `${sentenceOf(schedule.parked)}; "detent retry ${id}" lets it go on`]);
  }
  if (schedule.lag !== undefined) rows.push(['lag', schedule.lag]);
  rows.push(['created', timeText(schedule.createdAt)], ['updated', timeText(schedule.updatedAt)]);
  return table(rows);
}

function countsText({ fired, triggered, skipped, missed }: ScheduleDocument['counts']): string {
  return `${fired} fired, ${triggered} triggered, ${skipped} skipped, ${missed} missed`;
}

/** Schedules as a table. */
export function schedulesText(schedules: readonly ScheduleDocument[]): string {
  const head = ['NAME', 'STATE', 'NEXT', 'FIRED', 'SKIPPED', 'MISSED', 'RUNNING', 'WHEN', 'DOES'];
  const rows = schedules.map((schedule) => {
    const { name, parked, next, counts, running, specification } = schedule;
    const standing = standText(schedule);
    return [
      name,
      parked === undefined ? standing : `${standing}, parked`,
      next ?? '-',
      String(counts.fired + counts.triggered),
      String(counts.skipped),
      String(counts.missed),
      String(running.length),
      whenText(specification),
      actionText(specification),
    ];
  });
  return table([head, ...rows]);
}

function standText({ value }: ScheduleDocument): string {
  return typeof value === 'string' ? value : UNBEGUN;
}

/**
 * When a specification fires.
 *
 * @example
 * whenText({ cron: '30 2 * * *', timeZone: 'Europe/Berlin' }); // => '30 2 * * * (Europe/Berlin)'
 * whenText({ every: 60000 }); // => 'every 60000'
 */
export function whenText(specification: Json): string {
  const cron = member(specification, 'cron');
  const every = member(specification, 'every');
  if (cron === undefined) return every === undefined ? '-' : `every ${every}`;
  return `${cron} (${member(specification, 'timeZone') ?? 'UTC'})`;
}

/**
 * What a specification does.
 *
 * @example
 * actionText({ start: { machine: 'report' } }); // => 'start report'
 * actionText({ send: { to: 'door', type: 'tick' } }); // => 'send tick to door'
 */
export function actionText(specification: Json): string {
  const start = isJsonObject(specification) ? own(specification, 'start') : undefined;
  if (start !== undefined) return `start ${member(start, 'machine') ?? '-'}`;
  const send = isJsonObject(specification) ? own(specification, 'send') : undefined;
  return send === undefined ? '-' : `send ${member(send, 'type') ?? '-'} to ${member(send, 'to') ?? '-'}`;
}

function member(value: Json, key: string): string | undefined {
  const found = isJsonObject(value) ? own(value, key) : undefined;
  return found === undefined ? undefined : String(found);
}
