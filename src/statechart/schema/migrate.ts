import { isJsonObject, type Json, own } from '../../core/json.js';
import { readAssign } from './action.js';
import type { ChartMigration, ChartTarget } from './chart.js';
import { type Findings, join, type Keys, listOf } from './findings.js';
import { readTemplate } from './template.js';

const KEYS: Keys = { known: ['from', 'states', 'context', 'description'], renamed: { version: 'from' } };

/** Everything under `migrate`: how instances of earlier versions move over, in the order in which it is tried. */
export function readMigrations(findings: Findings, value: Json, path: string): readonly ChartMigration[] {
  return listOf(value, path).flatMap(([item, at]): ChartMigration[] => {
    // All of it stands where it stood.
    if (item === true) return [{ path: at, from: [], states: new Map(), context: undefined }];
    const migration = findings.object(item, at, '"migrate"', KEYS);
    if (migration === undefined) return [];
    findings.text(migration, 'description', at, '"migrate"');
    const context = own(migration, 'context');
    return [
      {
        path: at,
        from: readFrom(findings, own(migration, 'from'), join(at, 'from')),
        states: readStates(findings, own(migration, 'states'), join(at, 'states')),
        context: context === undefined ? undefined : readContext(findings, context, join(at, 'context')),
      },
    ];
  });
}

/** Versions, by the number that the store gave or by what the definition itself says, or hashes. */
function readFrom(findings: Findings, value: Json | undefined, path: string): readonly (number | string)[] {
  if (value === undefined) return [];
  return listOf(value, path).flatMap(([item, at]): (number | string)[] => {
    if (typeof item === 'string' && item !== '') return [item];
    if (typeof item === 'number' && Number.isInteger(item) && item > 0) return [item];
    findings.wrongType(at, '"from"', 'the number of a version, its own "version", or its hash', item);
    return [];
  });
}

function readStates(
  findings: Findings,
  value: Json | undefined,
  path: string,
): ReadonlyMap<string, ChartTarget | undefined> {
  const states = new Map<string, ChartTarget | undefined>();
  if (value === undefined) return states;
  if (!isJsonObject(value)) {
    findings.wrongType(path, '"states" of "migrate"', 'an object of paths', value);
    return states;
  }
  for (const key of Object.keys(value)) {
    const [target, at] = [own(value, key) ?? null, join(path, key)];
    if (target === null) states.set(key, undefined);
    else if (typeof target === 'string' && target !== '') states.set(key, { text: target, path: at });
    else findings.wrongType(at, 'where a state moves', 'a path from the root, #id, or null', target);
  }
  return states;
}

/** Fields, as those of an assign, or what gives the whole context. */
function readContext(findings: Findings, value: Json, path: string): ChartMigration['context'] {
  if (typeof value !== 'string') return readAssign(findings, value, path);
  const whole = readTemplate(findings, value, path);
  if (whole !== undefined && whole.kind !== 'constant') return { whole, path };
  if (whole !== undefined)
    findings.wrongType(path, '"context" of "migrate"', 'fields or an expression', value);
  return undefined;
}
