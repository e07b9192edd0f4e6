import { parseXml, XmlElement, XmlError, type XmlNode } from '@rgrove/parse-xml';
import { utf8Length } from '../core/json.js';
import { MAX_DEFINITION_BYTES } from '../core/limits.js';
import type { Problem } from '../core/problem.js';

/** The namespace of SCXML; elements of others are extensions, and passed over (SCXML 3.1). */
const NAMESPACE = 'http://www.w3.org/2005/07/scxml';

/** An element as SCXML has it: its attributes, the elements in it, and where it stands. */
export interface Element {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly children: readonly Element[];
  attribute(name: string): string | undefined;
  readonly attributeNames: readonly string[];
}

/** The root element of an XML text, or what keeps it from being read. */
export function readDocument(text: string): { readonly root: Element } | { readonly problem: Problem } {
  if (utf8Length(text) > MAX_DEFINITION_BYTES) {
    const message = `a definition may not exceed ${MAX_DEFINITION_BYTES} bytes`;
    return { problem: { code: 'too-large', message, path: '' } };
  }
  try {
    const { root } = parseXml(text, { includeOffsets: true });
    if (root === null) return { problem: { code: 'xml', message: 'there is no element in it', path: '' } };
    const starts = lineStarts(text);
    return { root: elementOf(root, starts, defaultNamespace(root)) };
  } catch (error) {
    // The parser's own recursion ends there; what a statechart may have of it is far less.
    if (error instanceof RangeError) {
      return {
        problem: { code: 'too-deep', message: 'its elements are nested too deep to be read', path: '' },
      };
    }
    if (!(error instanceof XmlError)) throw error;
    const { line, column } = error;
    const [message = 'it is no XML'] = error.message.split('\n');
    return { problem: { code: 'xml', message, path: '', line, column } };
  }
}

function defaultNamespace({ attributes }: XmlElement): string {
  return Object.hasOwn(attributes, 'xmlns') ? (attributes['xmlns'] ?? '') : NAMESPACE;
}

function elementOf(xml: XmlElement, starts: readonly number[], namespace: string): Element {
  const { attributes } = xml;
  const children = xml.children.filter((child: XmlNode): child is XmlElement => child instanceof XmlElement);
  const own = children.flatMap((child) => {
    const inner = Object.hasOwn(child.attributes, 'xmlns') ? (child.attributes['xmlns'] ?? '') : namespace;
    const isForeign = child.name.includes(':') || inner !== NAMESPACE;
    return isForeign ? [] : [elementOf(child, starts, inner)];
  });
  return {
    name: xml.name,
    ...positionOf(xml.start, starts),
    children: own,
    attribute: (name) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined),
    attributeNames: Object.keys(attributes),
  };
}

/** Where each line begins. */
function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
}

function positionOf(
  offset: number,
  starts: readonly number[],
): { readonly line: number; readonly column: number } {
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}
