import { isJsonObject, type Json, type JsonObject, own } from '../core/json.js';
import type { Problem } from '../core/problem.js';
import { readData } from './data-reader.js';
import { type Element, readDocument } from './document.js';
import { extensionValue, type Inner, Reading, type ReadOptions } from './reading.js';
import { readState } from './state-reader.js';

/** A document as the source of a statechart. */
export interface ScxmlSource {
  readonly source: Json;
  /** Where the value at a JSON Pointer into the source comes from; undefined where that is not known. */
  locate(path: string): { readonly line: number; readonly column: number } | undefined;
  /** Documents within it, as machines of their own, which have to be published beside it. */
  readonly inner: readonly InnerSource[];
}

export type InnerSource = Omit<ScxmlSource, 'inner'> & { readonly machine: string };

/** Keys of a machine that `<detent:machine>` may have. */
export const WHOLE = [
  ...['version', 'description', 'tags', 'meta', 'onUnhandled', 'onStepError'],
  ...['sensitive', 'schemas', 'events', 'types'],
];

/** What a document without a name, whose file has none either, is called where that matters. */
const NAMELESS = 'machine';

/**
 * An SCXML document as the source of a statechart, in W3C's dialect; or everything that is wrong with it, each with its
 * line. Expressions are those of the datamodel `ecmascript`, which a host has to hand in; documents without any need none.
 *
 * @example
 * const read = readScxml('<scxml><state id="a"/></scxml>');
 * 'source' in read && read.source; // => { dialect: 'scxml', initial: ['#a'], states: { a: { id: 'a' } } }
 */
export function readScxml(
  text: string,
  options: ReadOptions = {},
): ScxmlSource | { readonly problems: readonly Problem[] } {
  const read = readDocument(text);
  if ('problem' in read) return { problems: [read.problem] };
  const { root } = read;
  const problems: Problem[] = [];
  const found: InnerSource[] = [];
  const { waiting, ...whole } = readRoot(
    root,
    root.attribute('name') ?? options.name ?? NAMELESS,
    options,
    problems,
  );
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const { machine, element } = next;
    const { waiting: more, ...inner } = readRoot(element, machine, options, problems, machine);
    found.push({ machine, ...inner });
    waiting.push(...more);
  }
  return problems.length > 0 ? { problems } : { ...whole, inner: found };
}

/** What SCXML has no words for in a machine; and its context, which in the datamodel `jsonata` is all of its data. */
function readWhole(reading: Reading, root: Element): JsonObject {
  const text = root.extensionText('machine');
  const told = text === undefined ? {} : extensionValue(text);
  if (!isJsonObject(told)) reading.add(root, 'wrong-type', '<detent:machine> is an object in JSON');
  const known = isJsonObject(told) ? told : {};
  for (const key of Object.keys(known)) {
    if (!WHOLE.includes(key)) reading.add(root, 'unknown-key', `<detent:machine> has no key "${key}"`);
  }
  const context = reading.isJsonata ? own(readData(reading, root), 'context') : undefined;
  return { ...known, ...(context === undefined ? {} : { context }) };
}

/** A document, which may stand within another: then `id` is what it was called. */
function readRoot(
  root: Element,
  machine: string,
  options: ReadOptions,
  problems: Problem[],
  id = root.attribute('name'),
): Omit<ScxmlSource, 'inner'> & { readonly waiting: Inner[] } {
  const reading = new Reading(root, machine, options);
  if (root.name !== 'scxml') reading.add(root, 'scxml', `it begins with <${root.name}>, not with <scxml>`);
  reading.known(root, ['name', 'initial', 'version', 'datamodel', 'binding']);
  const datamodel = root.attribute('datamodel');
  if (datamodel !== undefined && !['null', 'ecmascript', 'jsonata'].includes(datamodel)) {
    const hint = 'there are "null", "ecmascript" and "jsonata"';
    reading.add(root, 'not-supported', `there is no datamodel ${JSON.stringify(datamodel)}`, { hint });
  }
  const named = id ?? options.name;
  const source = reading.from(root, {
    ...(named === undefined ? {} : { id: named }),
    dialect: 'scxml',
    ...(reading.isScripted ? { datamodel: 'ecmascript' } : {}),
    ...readWhole(reading, root),
    ...readState(reading, root, 0, machine),
  });
  problems.push(...reading.problems);
  return {
    source,
    waiting: reading.inner,
    locate(path) {
      const element = reading.locate(source, path);
      return element === undefined ? undefined : { line: element.line, column: element.column };
    },
  };
}
