import {
  escapePointer,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
  own,
} from '../../core/json.js';
import { valueAt } from '../../core/pointer.js';
import { didYouMean } from '../../core/problem.js';
import { parse } from '../../expression/jsonata/parser.js';
import { childrenOf, type Node } from '../../expression/jsonata/syntax-tree.js';
import { SourceError } from '../../expression/source-error.js';
import { delimitedExpression } from '../../expression/template.js';
import { DIALECTS, type Dialect } from '../../statechart/dialect.js';
import { isReserved } from '../../statechart/machine-event.js';
import type { Listener, StateNode } from '../../statechart/node.js';
import { fieldKeys } from '../guards/jsonata-condition.js';
import { Listening } from '../listening.js';
import type { Survey } from '../survey.js';
import { writtenPayload, writtenProblems } from '../written-payload.js';
import { actionsOf, ownEvent } from './events.js';

/** Where a machine does not keep to the `events` that it declares. */
export function warnOfSchemas(survey: Survey): void {
  const { source, program } = survey;
  const events = isJsonObject(source) ? own(source, 'events') : undefined;
  if (!isJsonObject(events) || Object.keys(events).length === 0 || program.hasDatamodel) return;
  const declared = Object.keys(events);
  const known = new Set([...declared, ...ownEvents(survey)]);
  for (const node of program.nodes) {
    if (!survey.reachable.has(node)) continue;
    warnOfUndeclared(survey, node, declared, known);
    warnOfPayloads(survey, node, events);
    for (const listener of node.on) warnOfFields(survey, node, listener, events);
  }
  const listening = new Listening(program);
  for (const name of declared) {
    if (listening.takes(name)) continue;
    survey.warn(
      'unhandled-event',
      `/events/${escapePointer(name)}`,
      `the event ${JSON.stringify(name)} is declared, and no transition takes it`,
      didYouMean(name, listening.names).hint,
    );
  }
}

/** What a machine raises or sends to itself need not be declared for others. */
function ownEvents({ program }: Survey): readonly string[] {
  return program.nodes.flatMap((node) => [...actionsOf(node)].flatMap((action) => ownEvent(action) ?? []));
}

function warnOfUndeclared(
  survey: Survey,
  node: StateNode,
  declared: readonly string[],
  known: ReadonlySet<string>,
): void {
  const { dialect } = survey.program.space;
  const descriptors = new Set(node.on.flatMap((listener) => listener.descriptors));
  for (const descriptor of descriptors) {
    if (isPlatforms(descriptor, dialect)) continue;
    if ([...known].some((name) => dialect.matches(descriptor, name))) continue;
    const path = `${node.chart.path}/on/${escapePointer(descriptor)}`;
    const message = `${JSON.stringify(descriptor)} is not among the "events" of the machine${survey.wayTo(node)}`;
    const { hint = 'declare it there; its schema may be {}' } = didYouMean(descriptor, declared);
    survey.warn('undeclared-event', path, message, hint);
  }
}

/** Events that no one declares, since the machine makes them itself (SCXML 3.12: names that begin with `done` or `error`). */
function isPlatforms(descriptor: string, dialect: Dialect): boolean {
  return isReserved(descriptor) || (dialect === DIALECTS.scxml && /^(done|error)(\.|$)/.test(descriptor));
}

/** What is raised, or sent to itself, with what its own schemas do not allow. */
function warnOfPayloads(survey: Survey, node: StateNode, events: JsonObject): void {
  for (const action of actionsOf(node)) {
    const name = ownEvent(action);
    if (name === undefined || (action.kind !== 'raise' && action.kind !== 'send')) continue;
    const schema = own(events, name) ?? null;
    const payload = schema === null ? undefined : writtenPayload(survey.source, action);
    if (payload === undefined) continue;
    const [wrong] = writtenProblems(payload.value, schema, 'what comes with it');
    if (wrong === undefined) continue;
    const message = `the event ${JSON.stringify(name)} is not as it is declared: ${wrong.message}`;
    survey.warn('wrong-payload', payload.path, `${message}${survey.wayTo(node)}`);
  }
}

/** Fields of an event's data that its schema does not have, in the expressions of its transition. */
function warnOfFields(
  survey: Survey,
  node: StateNode,
  { descriptors, transition }: Listener,
  events: JsonObject,
): void {
  const [name, ...others] = descriptors;
  const schema = name === undefined || others.length > 0 ? undefined : own(events, name);
  if (schema === undefined) return;
  for (const { text, path } of expressionsAt(survey.source, transition.chart.path)) {
    for (const keys of fieldsIn(text)) {
      const [event, data, ...fields] = keys;
      if (event !== 'event' || data !== 'data') continue;
      const missing = missingField(schema, fields);
      if (missing === undefined) continue;
      const message = `the schema of ${JSON.stringify(name)} has no "${missing.field}"${survey.wayTo(node)}`;
      survey.warn('unknown-field', path, message, didYouMean(missing.key, missing.known).hint);
    }
  }
}

interface Missing {
  readonly field: string;
  readonly key: string;
  readonly known: readonly string[];
}

/** The first of these keys that a schema does not have, where it says which there are. */
function missingField(schema: Json, fields: readonly string[]): Missing | undefined {
  let at: Json | undefined = schema;
  for (const [n, key] of fields.entries()) {
    if (!isJsonObject(at) || isJsonArray(at)) return undefined;
    // What is put together of several schemas may have it from any of them; of a list it may be an item's.
    if (
      ['anyOf', 'allOf', 'items', 'enum', 'const'].some((word) => own(at as JsonObject, word) !== undefined)
    )
      return undefined;
    const properties = own(at, 'properties');
    const isOpen = (own(at, 'additionalProperties') ?? false) !== false;
    if (!isJsonObject(properties) || isOpen) return undefined;
    const inner = own(properties, key);
    if (inner === undefined)
      return { field: fields.slice(0, n + 1).join('.'), key, known: Object.keys(properties) };
    at = inner;
  }
  return undefined;
}

/** The expressions `{% … %}` in a part of a source, with their pointers. */
function* expressionsAt(
  source: Json,
  path: string,
): Iterable<{ readonly text: string; readonly path: string }> {
  const open: (readonly [Json | undefined, string])[] = [[valueAt(source, path), path]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, at] = next;
    const text = typeof value === 'string' ? delimitedExpression(value) : undefined;
    if (text !== undefined) yield { text, path: at };
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value))
      open.push([member as Json, `${at}/${escapePointer(key)}`]);
  }
}

/** The paths of names that an expression reads, each once. */
function fieldsIn(text: string): readonly (readonly string[])[] {
  const found = new Map<string, readonly string[]>();
  const visit = (node: Node): void => {
    const keys = fieldKeys(node);
    if (keys !== undefined) found.set(JSON.stringify(keys), keys);
    else for (const child of childrenOf(node)) visit(child);
  };
  try {
    visit(parse(text));
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
  return [...found.values()];
}
