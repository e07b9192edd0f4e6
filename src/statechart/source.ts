import { type Json, put, toJson } from '../core/json.js';
import { builtOf } from './builders.js';
import { isPlain, join } from './schema/findings.js';

/**
 * A machine that a program wrote as the plain JSON that it comes to: what builders gave is written out, and what is no JSON
 * is replaced, by pointer. Throws nothing for one in which nothing wrong was found.
 */
export function sourceOf(value: unknown, replaced: ReadonlyMap<string, Json | undefined>, path = ''): Json {
  if (replaced.has(path)) return replaced.get(path) ?? null;
  if (typeof value === 'function') return sourceOf(builtOf(value), replaced, path);
  if (Array.isArray(value)) return value.map((item, n) => sourceOf(item, replaced, join(path, n)));
  if (!isPlain(value)) {
    const json = toJson(value);
    return 'value' in json ? json.value : null;
  }
  const source: Record<string, Json> = {};
  for (const [key, member] of Object.entries(value)) {
    const at = join(path, key);
    const isLeftOut = replaced.has(at) ? replaced.get(at) === undefined : member === undefined;
    if (!isLeftOut) put(source, key, sourceOf(member, replaced, at));
  }
  return source;
}
