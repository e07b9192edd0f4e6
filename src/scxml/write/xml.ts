import { isJsonArray, isJsonObject, type Json, own } from '../../core/json.js';

/** An element to be written. */
export interface Tag {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string | undefined>>;
  readonly children?: readonly (Tag | string)[];
  /** It is data: nothing is added to it, blanks neither. */
  readonly isData?: boolean;
}

/** An element as text; what has texts in it is written without blanks of our own. */
export function xmlOf(tag: Tag, indent = ''): string {
  const { name, attributes = {}, children = [], isData = false } = tag;
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${escapeAttribute(value)}"`],
  );
  const open = `${indent}<${name}${written.join('')}`;
  if (children.length === 0) return `${open}/>`;
  if (isData || children.some((child) => typeof child === 'string' || child.isData === true)) {
    const inside = children.map((child) => (typeof child === 'string' ? escapeText(child) : xmlOf(child)));
    return `${open}>${inside.join('')}</${name}>`;
  }
  const inside = children.map((child) => xmlOf(child as Tag, `${indent}  `));
  return [`${open}>`, ...inside, `${indent}</${name}>`].join('\n');
}

function escapeText(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('\r', '&#13;');
}

function escapeAttribute(text: string): string {
  return escapeText(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;');
}

/** XML that was read as data; undefined where it is none. */
export function tagOf(tree: Json | undefined): Tag | undefined {
  if (tree === undefined || !isJsonObject(tree)) return undefined;
  const [name, attributes, children] = ['name', 'attributes', 'children'].map((key) => own(tree, key));
  if (typeof name !== 'string' || attributes === undefined || !isJsonObject(attributes)) return undefined;
  if (children === undefined || !isJsonArray(children)) return undefined;
  return {
    name,
    attributes: Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, String(value)])),
    children: children.flatMap((child): (Tag | string)[] => {
      if (typeof child === 'string') return [child];
      const inner = tagOf(child);
      return inner === undefined ? [] : [inner];
    }),
    isData: true,
  };
}
