import type { Json } from '../core/json.js';
import type { Problem } from '../core/problem.js';
import { type Element, readDocument } from './document.js';
import { Reading } from './reading.js';
import { readState } from './state-reader.js';

/**
 * An SCXML document as the source of a statechart, in W3C's dialect; or everything that is wrong with it, each with its
 * line. The null datamodel alone is read so far: of an expression that needs another it says so.
 *
 * @example
 * readScxml('<scxml><state id="a"/></scxml>'); // => { source: { dialect: 'scxml', initial: ['#a'], states: { a: { id: 'a' } } } }
 */
export function readScxml(
  text: string,
): { readonly source: Json } | { readonly problems: readonly Problem[] } {
  const read = readDocument(text);
  if ('problem' in read) return { problems: [read.problem] };
  const { root } = read;
  const reading = new Reading(idsOf(root));
  if (root.name !== 'scxml') reading.add(root, 'scxml', `it begins with <${root.name}>, not with <scxml>`);
  reading.known(root, ['name', 'initial', 'version', 'datamodel', 'binding']);
  const name = root.attribute('name');
  const named = name === undefined ? {} : { id: name };
  const source = { ...named, dialect: 'scxml', ...readState(reading, root, 0) };
  return reading.problems.length > 0 ? { problems: reading.problems } : { source };
}

function idsOf(element: Element): string[] {
  const id = element.attribute('id');
  return [...(id === undefined ? [] : [id]), ...element.children.flatMap(idsOf)];
}
