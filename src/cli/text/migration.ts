import type { EffectCounts, MigrationReport } from '../../core/engine.js';
import { sentenceOf } from '../failure.js';
import { counted } from './problems.js';
import { table } from './table.js';

/** What became of instances, or would: a line for those that stood alike. */
export function migrationText({ to, dryRun, current, groups }: Omit<MigrationReport, 'next'>): string {
  const head = ['COUNT', 'FROM', 'STATUS', 'STATE', `IN VERSION ${to}`, 'KEPT', 'CANCELLED', 'BEGUN'];
  const rows = groups.map((group) => [
    ...[String(group.count), String(group.from), group.status, group.before],
    group.problem === undefined ? (group.after ?? '') : `stays: ${sentenceOf(group.problem)}`,
    ...[String(group.kept), effectsText(group.cancelled), effectsText(group.started)],
  ]);
  const moved = groups.reduce((count, group) => count + (group.problem === undefined ? group.count : 0), 0);
  const left = groups.reduce((count, group) => count + group.count, 0) - moved;
  const verb = dryRun ? 'would go' : 'went';
  const summary = [`${counted(moved, 'instance')} ${verb} to version ${to}`];
  if (left > 0)
    summary.push(`${left} ${dryRun ? 'would stay' : 'stayed'} as ${left === 1 ? 'it is' : 'they are'}`);
  if (current > 0) summary.push(`${current} ${current === 1 ? 'is' : 'are'} of it already`);
  return `${groups.length === 0 ? '' : table([head, ...rows])}${summary.join(', ')}\n`;
}

function effectsText({ timers, tasks, machines }: EffectCounts): string {
  const parts: string[] = [];
  if (timers > 0) parts.push(counted(timers, 'timer'));
  if (tasks > 0) parts.push(counted(tasks, 'task'));
  if (machines > 0) parts.push(counted(machines, 'machine'));
  return parts.join(', ');
}
