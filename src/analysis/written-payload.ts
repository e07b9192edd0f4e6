import { isJsonArray, isJsonObject, type Json, type JsonObject, own, put } from '../core/json.js';
import { valueProblems } from '../core/json-schema.js';
import { valueAt } from '../core/pointer.js';
import type { Problem } from '../core/problem.js';

/** What comes with an event, as it is written in a source: expressions and functions in it are not known. */
export interface WrittenPayload {
  readonly value: Json;
  readonly path: string;
}

/** The payload of a `raise` or a `send` at a pointer; undefined where all of the event is worked out. */
export function writtenPayload(
  source: Json,
  { path, kind }: { readonly path: string; readonly kind: 'raise' | 'send' },
): WrittenPayload | undefined {
  const at = `${path}/${kind}`;
  const written = valueAt(source, at);
  if (!isJsonObject(written)) return { value: null, path: at };
  const event = own(written, 'event');
  if (event === undefined) return dataOf(written, at);
  return isJsonObject(event) ? dataOf(event, `${at}/event`, true) : undefined;
}

/** `data`, or, of an event as programs write it, all that stands beside its type. */
function dataOf(event: JsonObject, at: string, isFlat = false): WrittenPayload {
  const data = own(event, 'data');
  if (data !== undefined) return { value: data, path: `${at}/data` };
  const { type: _, ...rest } = event;
  return { value: isFlat && Object.keys(rest).length > 0 ? rest : null, path: at };
}

/** Where what is written is not as a schema wants it, whatever its expressions give. */
export function writtenProblems(value: Json, schema: Json, what: string): readonly Problem[] {
  if (!isOpen(value)) return valueProblems(value, schema, what);
  if (!isJsonObject(value) || isJsonArray(value) || !isJsonObject(schema)) return [];
  // Of its members only those are looked at that hold no expression; that the others are there is known too.
  const declared = own(schema, 'properties');
  const others = own(schema, 'additionalProperties') ?? true;
  const properties: Record<string, Json> = {};
  for (const key of Object.keys(value)) {
    const wanted = isJsonObject(declared) ? own(declared, key) : undefined;
    const whole = wanted ?? others;
    put(properties, key, isOpen(own(value, key) ?? null) && whole !== false ? true : whole);
  }
  const [type, required] = [own(schema, 'type'), own(schema, 'required')];
  const known = { ...(type === undefined ? {} : { type }), ...(required === undefined ? {} : { required }) };
  return valueProblems(value, { ...known, properties }, what);
}

/** Whether a value, or anything in it, is worked out. */
function isOpen(value: Json): boolean {
  if (typeof value === 'string') return isWorkedOut(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some((member: Json) => isOpen(member));
}

/** An expression `{% … %}`, or a function of a program, `{@ … @}`. */
function isWorkedOut(text: string): boolean {
  const trimmed = text.trim();
  return (trimmed.startsWith('{%') && trimmed.endsWith('%}')) || /^\{@ .+ @\}$/s.test(text);
}
