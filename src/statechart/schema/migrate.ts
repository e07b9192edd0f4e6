import { readAssign } from './action.js';
import type { ChartMigration, ChartTarget } from './chart.js';
import { type Findings, isPlain, join } from './findings.js';
import { readList, readText } from './reader.js';
import { readTemplate } from './template.js';

const KEYS = { from: readFrom, states: readStates, context: readContext, description: readText };

/** Everything under `migrate`: how instances of earlier versions move over, in the order in which it is tried. */
export function readMigrations(findings: Findings, value: unknown, path: string): readonly ChartMigration[] {
  return readList(findings, value, path, readMigration);
}

/** Of `true` all stands where it stood. */
function readMigration(findings: Findings, value: unknown, path: string): ChartMigration | undefined {
  const migration = findings.members('migrate', KEYS, value === true ? {} : value, path);
  if (migration === undefined) return undefined;
  const { from = [], states = new Map(), context } = migration;
  return { path, from, states, context };
}

/** Versions, by the number that the store gave or by what the definition itself says, or hashes. */
function readFrom(findings: Findings, value: unknown, path: string): readonly (number | string)[] {
  return readList(findings, value, path, (_, item, at): number | string | undefined => {
    if (typeof item === 'string' && item !== '') return item;
    if (typeof item === 'number' && Number.isInteger(item) && item > 0) return item;
    return findings.wrongType('from', at, item);
  });
}

function readStates(
  findings: Findings,
  value: unknown,
  path: string,
): ReadonlyMap<string, ChartTarget | undefined> {
  const states = new Map<string, ChartTarget | undefined>();
  if (!isPlain(value)) findings.wrongType('moves', path, value);
  else {
    for (const key of Object.keys(value)) {
      const [target, at] = [value[key], join(path, key)];
      if (target === undefined) continue;
      if (target === null) states.set(key, undefined);
      else if (typeof target === 'string' && target !== '') states.set(key, { text: target, path: at });
      else findings.wrongType('move', at, target);
    }
  }
  return states;
}

/** Fields, as those of an assign, or what gives the whole context. */
function readContext(findings: Findings, value: unknown, path: string): ChartMigration['context'] {
  const whole = typeof value === 'string' || typeof value === 'function';
  if (!whole) return readAssign(findings, value, path);
  const template = readTemplate(findings, value, path);
  if (template?.kind === 'constant') return findings.wrongType('new-context', path, value);
  return template && { whole: template, path };
}
