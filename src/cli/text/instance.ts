import type { InstanceView } from '../../core/engine.js';
import { isJsonObject, type Json } from '../../core/json.js';
import { sentenceOf } from '../failure.js';
import { table } from './table.js';
import { timeText } from './time.js';

/** An instance as a block of lines. */
export function instanceText(view: InstanceView): string {
  const rows: [string, string][] = [
    ['id', view.id],
    ['machine', `${view.machine} (version ${view.version})`],
    ['status', view.status],
  ];
  if (view.value !== null) rows.push(['state', stateText(view.value)]);
  if (view.context !== null) rows.push(['context', JSON.stringify(view.context)]);
  for (const { key, value } of view.awaits ?? []) rows.push(['awaits', `${key} = ${JSON.stringify(value)}`]);
  for (const group of view.groups ?? []) rows.push(['children', JSON.stringify(group)]);
  if (view.output !== null) rows.push(['output', JSON.stringify(view.output)]);
  if (view.error !== undefined) rows.push(['error', failureText(view.error)]);
  if (view.redrive !== undefined && view.redrive.count > 0)
    rows.push(['redriven', redrivenText(view.redrive)]);
  if (view.parked !== undefined) {
    rows.push(['parked', `${sentenceOf(view.parked)}; "detent retry" lets it go on`]);
  }
  if (view.lag !== undefined) rows.push(['lag', view.lag]);
  rows.push(['revision', String(view.revision)]);
  rows.push(['created', timeText(view.createdAt)], ['updated', timeText(view.updatedAt)]);
  return table(rows);
}

/** Of what failed without a name, or without a reason, only the other is said. */
function failureText({ error, cause }: { readonly error: string; readonly cause: string }): string {
  return [error, cause].filter((part) => part !== '').join(': ');
}

function redrivenText({ count, at }: { readonly count: number; readonly at?: number }): string {
  const times = count === 1 ? 'once' : `${count} times`;
  return at === undefined ? times : `${times}, last ${timeText(at)}`;
}

/** Instances as a table. */
export function instancesText(views: readonly InstanceView[]): string {
  const head = ['ID', 'MACHINE', 'STATUS', 'STATE', 'REVISION', 'UPDATED'];
  const rows = views.map(({ id, machine, status, parked, value, revision, updatedAt }) => {
    const standing = parked === undefined ? status : `${status}, parked`;
    return [id, machine, standing, stateText(value), String(revision), timeText(updatedAt)];
  });
  return table([head, ...rows]);
}

/**
 * Where an instance stands, as paths.
 *
 * @example
 * stateText('paid'); // => 'paid'
 * stateText({ player: { audio: 'on', video: 'off' } }); // => 'player.audio.on, player.video.off'
 */
export function stateText(value: Json): string {
  return statePaths(value).join(', ');
}

function statePaths(value: Json): string[] {
  if (typeof value === 'string') return [value];
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const paths = statePaths(inner);
    return paths.length === 0 ? [key] : paths.map((path) => `${key}.${path}`);
  });
}
