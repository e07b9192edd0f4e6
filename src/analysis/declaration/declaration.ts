import { isJsonObject, type Json, own } from '../../core/json.js';
import { isError, Refused } from '../../core/problem.js';
import type { Chart, ChartState } from '../../statechart/schema/chart.js';
import { type Datamodels, Findings } from '../../statechart/schema/findings.js';
import { readMachine } from '../../statechart/schema/machine.js';
import { isExpression } from '../../statechart/schema/template.js';
import { inWords } from '../../statechart/schema/wording.js';
import { type Mentions, mentionsOf } from './mentions.js';
import { schemaMembers, schemaType } from './schema-type.js';
import { beginningWith, type Member, objectType, quoted, unionType } from './type-text.js';
import { valueType } from './value-type.js';

/**
 * A declaration file for a module that gives this statechart: `createMachine` makes of it the machine that it makes of the same
 * literal. The same definition gives the same text. Throws Refused where the definition is wrong.
 */
export function declarationOf(source: Json, file: string, datamodels: Datamodels = {}): string {
  const findings = new Findings(true, inWords);
  const chart = readMachine(source, findings, datamodels);
  const errors = findings.problems.filter(isError);
  if (chart === undefined || errors.length > 0) throw new Refused(errors);
  const types = typesOf(source, chart, mentionsOf(chart));
  const call = `detent types ${quoted(file)}`;
  return `// Generated from ${quoted(file)}; not to be edited. \`${call}\` writes it again, with --check it says whether that is needed.

declare const definition: {
  readonly id: ${quoted(chart.id)};
  readonly types?: {
${types.map(([key, type]) => `    readonly ${key}: ${type};\n`).join('')}  };
  readonly states: ${statesText(chart.root, '  ')};
};

export default definition;
`;
}

/** What `types` says, as XState has it. */
function typesOf(source: Json, chart: Chart, mentions: Mentions): readonly Member[] {
  const schemas = memberOf(source, 'schemas');
  const input = isJsonObject(schemas) ? own(schemas, 'input') : undefined;
  const { tags, emitted } = mentions;
  const told = [...emitted].map(
    (type) => type ?? '{ readonly type: string; readonly [key: string]: unknown }',
  );
  return [
    ['context', contextType(source, mentions)],
    ['events', eventsType(source, mentions)],
    ...(input === undefined ? [] : [['input', schemaType(input)] as const]),
    ['output', outputType(source, chart)],
    ...(told.length === 0 ? [] : [['emitted', unionType(told)] as const]),
    ...(tags.size === 0 ? [] : [['tags', unionType([...tags].map(quoted))] as const]),
  ];
}

/** Its schema, the fields that it begins with, and those that are set later. */
function contextType(source: Json, { assigned }: Mentions): string {
  const schemas = memberOf(source, 'schemas');
  const schema = isJsonObject(schemas) ? own(schemas, 'context') : undefined;
  const context = memberOf(source, 'context');
  const members = new Map<string, Member>();
  const initial = isJsonObject(context) ? Object.keys(context) : [];
  for (const [key, type, optional] of schemaMembers(schema) ?? []) {
    members.set(key, [key, type, optional === true && !initial.includes(key)]);
  }
  for (const key of initial) {
    const value = isJsonObject(context) ? own(context, key) : undefined;
    if (!members.has(key)) members.set(key, [key, valueType(value ?? null)]);
  }
  for (const key of assigned) if (!members.has(key)) members.set(key, [key, 'unknown', true]);
  const isComputed = typeof context === 'string' && isExpression(context) && schema === undefined;
  const fields = objectType([...members.values()], isComputed ? 'unknown' : undefined);
  if (schema === undefined || schemaMembers(schema) !== undefined) return fields;
  const whole = schemaType(schema);
  return whole === 'unknown' ? fields : `(${whole}) & ${fields}`;
}

/** Those that the machine declares, or else those that its transitions name. */
function eventsType(source: Json, { descriptors }: Mentions): string {
  const declared = memberOf(source, 'events');
  if (isJsonObject(declared)) {
    return unionType(Object.keys(declared).map((name) => eventType(name, own(declared, name))));
  }
  if (descriptors.size === 0 || descriptors.has('*'))
    return '{ readonly type: string; readonly [key: string]: unknown }';
  return unionType(
    [...descriptors].flatMap((descriptor) => {
      if (!descriptor.endsWith('.*')) return [openEvent(quoted(descriptor))];
      const prefix = descriptor.slice(0, -2);
      return [openEvent(quoted(prefix)), openEvent(beginningWith(`${prefix}.`))];
    }),
  );
}

/** Flat, as programs write theirs, where what comes with it is an object whose keys leave room for `type` and `data`. */
function eventType(name: string, schema: Json | undefined): string {
  const type = quoted(name);
  const payload = schemaType(schema);
  if (payload === 'unknown') return openEvent(type);
  const members = schemaMembers(schema);
  if (members === undefined || members.some(([key]) => key === 'type' || key === 'data')) {
    return objectType([
      ['type', type],
      ['data', payload],
    ]);
  }
  const more = isJsonObject(schema ?? null) ? own(schema as never, 'additionalProperties') : undefined;
  const isOpen = members.length === 0 ? more !== false : more !== undefined && more !== false;
  return objectType([['type', type], ...members], isOpen ? 'unknown' : undefined);
}

function openEvent(type: string): string {
  return objectType([['type', type]], 'unknown');
}

/** The machine's, or that of the final states that end it. */
function outputType(source: Json, { root }: Chart): string {
  const whole = memberOf(source, 'output');
  if (whole !== undefined) return valueType(whole);
  const states = memberOf(source, 'states');
  const finals = root.states.filter(({ type }) => type === 'final');
  const outputs = finals.map(({ key }) => {
    const state = isJsonObject(states) ? own(states, key) : undefined;
    return memberOf(state, 'output');
  });
  if (outputs.length === 0 || outputs.includes(undefined)) return 'unknown';
  return unionType(outputs.map((output) => valueType(output ?? null)));
}

function memberOf(value: Json | undefined, key: string): Json | undefined {
  return isJsonObject(value ?? null) ? own(value as never, key) : undefined;
}

/** States by their keys, each with its own. History is no state to be in. */
function statesText({ states }: ChartState, indent: string): string {
  const inner = `${indent}  `;
  const lines = states
    .filter(({ type }) => type !== 'history')
    .map((state) => {
      const own = state.states.length === 0 ? '{}' : `{ readonly states: ${statesText(state, inner)} }`;
      return `${inner}readonly ${quoted(state.key)}: ${own};\n`;
    });
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent}}`;
}
