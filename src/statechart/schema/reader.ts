import { parseDuration } from '../../core/duration.js';
import type { Json } from '../../core/json.js';
import { type Findings, join } from './findings.js';

/** What a reader makes of each of one value or a list of them, where it makes something of it. */
export function readList<T>(
  findings: Findings,
  value: unknown,
  path: string,
  read: (findings: Findings, value: unknown, path: string) => T | undefined,
): readonly T[] {
  const list: T[] = [];
  const items: readonly unknown[] = Array.isArray(value) ? value : [value];
  for (let n = 0; n < items.length; n++) {
    const made = read(findings, items[n], items === value ? join(path, n) : path);
    if (made !== undefined) list.push(made);
  }
  return list;
}

/** Leaves a member to whoever asked for the others. */
export function asIs(_: Findings, value: unknown): unknown {
  return value;
}

/** A key of the whole language that is not taken yet, so that it is not ignored in silence. */
export function notYet(findings: Findings, _: unknown, path: string, noun: string): void {
  findings.tell('not-supported key', path, noun);
}

export function readJson(findings: Findings, value: unknown, path: string): Json | undefined {
  return findings.json(value, path);
}

export function readText(findings: Findings, value: unknown, path: string, noun: string): string | undefined {
  return typeof value === 'string' ? value : findings.wrongType('text', path, value, noun);
}

export function readFlag(findings: Findings, value: unknown, path: string, noun: string): boolean {
  return typeof value === 'boolean' ? value : (findings.wrongType('flag', path, value, noun) ?? false);
}

/** Milliseconds. */
export function readDuration(findings: Findings, value: unknown, path: string): number | undefined {
  const duration = parseDuration(value);
  if ('value' in duration) return duration.value;
  findings.add({ ...duration.problem, path });
  return undefined;
}

/** One text or several that are not empty, of which a message says what they are. */
export function readNames(findings: Findings, value: unknown, path: string, what: string): readonly string[] {
  return readList(findings, value, path, (_, item, at) =>
    typeof item === 'string' && item !== '' ? item : findings.wrongType(what, at, item),
  );
}
