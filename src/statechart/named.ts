import { escapePointer, isJsonObject, type Json, own, put } from '../core/json.js';
import type { Problem } from '../core/problem.js';

/** What a definition refers to by name that is written into it: delays, and machines in the place of tasks. */
export interface Names {
  /** By name: milliseconds, or `30s`. */
  readonly delays: Readonly<Record<string, unknown>>;
  /** By the name that `invoke` has as `src`, the ids of machines. */
  readonly machines: Readonly<Record<string, string>>;
}

/** The source with delays and machines in place of their names. */
export function resolveNames(source: Json, names: Names, problems: Problem[]): Json {
  return resolved(source, '', '', names, problems);
}

function resolved(value: Json, key: string, path: string, names: Names, problems: Problem[]): Json {
  if (Array.isArray(value)) {
    return value.map((item: Json, n) => resolved(item, key, `${path}/${n}`, names, problems));
  }
  if (!isJsonObject(value)) return value;
  const made: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    const at = `${path}/${escapePointer(name)}`;
    if (name === 'meta') put(made, name, member);
    else if (key === 'after') {
      put(made, `${delayOf(name, at, names, problems)}`, resolved(member, '', at, names, problems));
    } else if (name === 'delay' && typeof member === 'string' && (key === 'raise' || key === 'send')) {
      put(made, name, delayOf(member, at, names, problems));
    } else put(made, name, resolved(member, name, at, names, problems));
  }
  return key === 'invoke' ? invoked(made, names) : made;
}

function delayOf(name: string, path: string, { delays }: Names, problems: Problem[]): string | number {
  const delay = Object.hasOwn(delays, name) ? delays[name] : name;
  if (typeof delay === 'string' || typeof delay === 'number') return delay;
  problems.push({
    code: 'computed-delay',
    message: `the delay ${JSON.stringify(name)} is computed by a function`,
    path,
    hint: 'give it milliseconds or a text like 30s; or raise an event with a delay that is a function',
  });
  return 0;
}

/** `src`, where it names a machine, is that machine's id. */
function invoked(invoke: Readonly<Record<string, Json>>, { machines }: Names): Json {
  const src = own(invoke, 'src');
  if (typeof src !== 'string' || !Object.hasOwn(machines, src)) return invoke;
  const { src: _, ...rest } = invoke;
  return { machine: machines[src] ?? src, id: src, ...rest };
}
