import { parseXml, XmlCdata, XmlElement, XmlError, type XmlNode, XmlText } from '@rgrove/parse-xml';
import { type Json, put, utf8Length } from '../core/json.js';
import { MAX_DEFINITION_BYTES } from '../core/limits.js';
import type { Problem } from '../core/problem.js';

/** The namespace of SCXML; elements of others are extensions, and passed over (SCXML 3.1). */
export const NAMESPACE = 'http://www.w3.org/2005/07/scxml';

/** The namespace of what a document says to this engine alone, and others pass over. */
export const EXTENSIONS = 'detent:scxml';

/** An element as SCXML has it: its attributes, the elements in it, and where it stands. */
export interface Element {
  /** Without its prefix. */
  readonly name: string;
  readonly line: number;
  readonly column: number;
  /** Those of SCXML. */
  readonly children: readonly Element[];
  /** The text directly in it. */
  readonly text: string;
  attribute(name: string): string | undefined;
  readonly attributeNames: readonly string[];
  /** An attribute of our own namespace. */
  extension(name: string): string | undefined;
  /** The text of an element of our own namespace in it. */
  extensionText(name: string): string | undefined;
  /** Elements of any kind in it, as data: `{ name, attributes, children }`, texts among the children. */
  readonly trees: () => readonly Json[];
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
    return { root: elementOf(root, lineStarts(text), new Map([['', NAMESPACE]])) };
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

/** An XML text as data; undefined where it is none. */
export function xmlTree(text: string): Json | undefined {
  try {
    const { root } = parseXml(text);
    return root === null ? undefined : treeOf(root);
  } catch (error) {
    if (error instanceof XmlError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Namespaces by prefix, as they are declared around an element and at it. */
type Scope = ReadonlyMap<string, string>;

function scopeOf({ attributes }: XmlElement, around: Scope): Scope {
  const declared = Object.entries(attributes).filter(([name]) => /^xmlns(:|$)/.test(name));
  if (declared.length === 0) return around;
  return new Map([...around, ...declared.map(([name, uri]) => [name.slice('xmlns:'.length), uri] as const)]);
}

function elementOf(xml: XmlElement, starts: readonly number[], around: Scope): Element {
  const scope = scopeOf(xml, around);
  const { attributes } = xml;
  const own = elementsIn(xml).flatMap((child) =>
    scopeOf(child, scope).get(prefixOf(child)) === NAMESPACE ? [elementOf(child, starts, scope)] : [],
  );
  return {
    name: localName(xml),
    ...positionOf(xml.start, starts),
    children: own,
    text: textOf(xml),
    attribute: (name) => (Object.hasOwn(attributes, name) ? attributes[name] : undefined),
    attributeNames: Object.keys(attributes),
    extension: (wanted) =>
      Object.entries(attributes).find(
        ([name]) =>
          name.includes(':') &&
          scope.get(prefixOf({ name })) === EXTENSIONS &&
          localName({ name }) === wanted,
      )?.[1],
    extensionText: (wanted) => {
      const found = elementsIn(xml).find(
        (child) => scopeOf(child, scope).get(prefixOf(child)) === EXTENSIONS && localName(child) === wanted,
      );
      return found && textOf(found);
    },
    trees: () => elementsIn(xml).map(treeOf),
  };
}

function elementsIn(xml: XmlElement): XmlElement[] {
  return xml.children.filter((child: XmlNode): child is XmlElement => child instanceof XmlElement);
}

function textOf(xml: XmlElement): string {
  return xml.children.map((child: XmlNode) => (isText(child) ? child.text : '')).join('');
}

function isText(node: XmlNode): node is XmlText {
  return node instanceof XmlText || node instanceof XmlCdata;
}

function prefixOf({ name }: { readonly name: string }): string {
  return name.includes(':') ? name.slice(0, name.indexOf(':')) : '';
}

function localName({ name }: { readonly name: string }): string {
  return name.slice(name.indexOf(':') + 1);
}

function treeOf(xml: XmlElement): Json {
  const attributes: Record<string, Json> = {};
  for (const [name, value] of Object.entries(xml.attributes)) put(attributes, name, value);
  const children = xml.children.flatMap((child: XmlNode): Json[] => {
    if (child instanceof XmlElement) return [treeOf(child)];
    return isText(child) ? [child.text] : [];
  });
  return { name: xml.name, attributes, children };
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
