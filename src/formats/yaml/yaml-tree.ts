import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import { escapePointer, type Json, put, utf8Length } from '../../core/json.js';
import { MAX_DEFINITION_BYTES, MAX_JSON_DEPTH } from '../../core/limits.js';
import { inexact, isInexact } from '../number-literal.js';
import { addFault, type Fault, isReadable, type Place, type Tree } from '../tree.js';

/**
 * Reads one YAML 1.2 document as JSON (core schema: `on` and `yes` are strings). What has no JSON form is a
 * fault: NaN and the infinities, keys that are collections or null, tags beyond the core schema's. A plain
 * key is read as written, so `1000:` is the key "1000"; the merge key of YAML 1.1 is a fault. Aliases are followed, within the limits on size and
 * depth that the text would have if they were written out.
 *
 * @example
 * readYaml('on: {GO: b}').value; // => { on: { GO: 'b' } }
 * readYaml('a: 1\na: 2').faults[0]?.code; // => 'duplicate-key'
 */
export function readYaml(text: string): Tree {
  const faults: Fault[] = [];
  const document = compose(text, faults);
  if (document === undefined) return { faults, find: () => undefined };
  const reader = new YamlReader(faults);
  const value = reader.read(document);
  return {
    ...(isReadable(faults) ? { value } : {}),
    faults,
    find: (path) => reader.find(document, path),
  };
}

/**
 * The parser keeps its open collections in a stack, the composer recurses; so depth is bounded here, before
 * a hostile text can exhaust the call stack. A level of nesting opens at most two.
 */
const MAX_OPEN = 2 * MAX_JSON_DEPTH + 10;

function compose(text: string, faults: Fault[]): Document.Parsed | undefined {
  const parser = new Parser();
  const tokens = [];
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) tokens.push(token);
    if (parser.stack.length > MAX_OPEN) {
      faults.push({ code: 'too-deep', message: tooDeep, path: '', offset: parser.offset });
      return undefined;
    }
  }
  tokens.push(...parser.end());
  const composer = new Composer({ version: '1.2', uniqueKeys: false, prettyErrors: false });
  let first: Document.Parsed | undefined;
  for (const document of composer.compose(tokens, true, text.length)) {
    if (first === undefined) first = document as Document.Parsed;
    else {
      faults.push({
        code: 'several-documents',
        message: 'a file holds one document; a second one begins here',
        path: '',
        offset: document.range[0],
        hint: 'put it into a file of its own',
      });
      break;
    }
  }
  return first;
}

const tooDeep = `nested deeper than ${MAX_JSON_DEPTH} levels`;

const CORE_TAGS = new Set(
  ['map', 'seq', 'str', 'int', 'float', 'bool', 'null'].map((name) => `tag:yaml.org,2002:${name}`),
);

/** A value with the size and height that it would have written out, which is what aliases multiply. */
interface Measured {
  readonly json: Json;
  /** UTF-8 bytes, roughly. */
  readonly bytes: number;
  /** Levels of nesting below and including this one; 0 for a scalar. */
  readonly height: number;
}

interface Anchored {
  readonly node: Node;
  /** Absent while the node is being read, so that an alias within it is recognised. */
  value?: Measured;
}

/** What YAML 1.1 took the members of another mapping in by. */
const MERGE = '<<';

const NOTHING: Measured = { json: null, bytes: 4, height: 0 };

class YamlReader {
  readonly #faults: Fault[];
  /** By anchor name: the node that had it last. */
  readonly #anchors = new Map<string, Anchored>();
  readonly #aliased = new Map<Node, Node>();

  constructor(faults: Fault[]) {
    this.#faults = faults;
  }

  read(document: Document.Parsed): Json {
    for (const { message, pos } of document.errors) this.#fault('yaml-syntax', message, '', pos[0]);
    for (const { message, pos, code } of document.warnings) {
      if (code !== 'TAG_RESOLVE_FAILED') this.#fault('yaml-syntax', message, '', pos[0]);
    }
    const { yaml } = document.directives;
    if (yaml.explicit === true && yaml.version !== '1.2') {
      this.#fault('yaml-version', `YAML ${yaml.version} is not read; only 1.2 is`, '', 0);
    }
    return document.contents === null ? null : this.#value(document.contents, '', 0).json;
  }

  find(document: Document.Parsed, path: string): Place | undefined {
    let node: Node | null = document.contents;
    let keyAt: number | undefined;
    for (const segment of path.split('/').slice(1)) {
      node = this.#follow(node);
      keyAt = undefined;
      if (isMap(node)) {
        const pair = node.items.findLast(
          ({ key }) => isScalar(key) && escapePointer(keyText(key) ?? '') === segment,
        );
        if (pair === undefined) return undefined;
        keyAt = offsetOf(pair.key as Node);
        node = pair.value as Node | null;
      } else if (isSeq(node)) {
        node = (node.items[Number(segment)] as Node | undefined) ?? null;
        if (node === null) return undefined;
      } else return undefined;
    }
    const scalar = node === null || isScalar(node) || isAlias(node);
    const valueAt = node === null ? (keyAt ?? 0) : offsetOf(node);
    return { ...(keyAt === undefined ? {} : { keyAt }), valueAt, scalar };
  }

  #follow(node: Node | null): Node | null {
    return (node !== null && this.#aliased.get(node)) || node;
  }

  #value(node: Node, path: string, depth: number): Measured {
    if (isAlias(node)) return this.#alias(node, node.source, path, depth);
    const tag = node.tag;
    if (tag !== undefined && tag !== '!' && !CORE_TAGS.has(tag)) {
      this.#fault('yaml-tag', `the tag ${tag} has no JSON form`, path, offsetOf(node));
      return NOTHING;
    }
    const anchored: Anchored = { node };
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, anchored);
    anchored.value = this.#plain(node, path, depth);
    return anchored.value;
  }

  #plain(node: Node, path: string, depth: number): Measured {
    if (isScalar(node)) {
      const { source = '', value } = node;
      if (typeof value === 'number' && isInexact(source))
        addFault(this.#faults, inexact(source, path, offsetOf(node)));
      return this.#scalar(value, path, offsetOf(node));
    }
    if (depth >= MAX_JSON_DEPTH) {
      this.#fault('too-deep', tooDeep, path, offsetOf(node));
      return NOTHING;
    }
    if (isMap(node)) return this.#map(node, path, depth);
    if (isSeq(node)) {
      const parts = node.items.map((item, i) => this.#value(item as Node, `${path}/${i}`, depth + 1));
      const json = parts.map((part) => part.json);
      return this.#sum(json, parts, 2 + parts.length, path, node);
    }
    throw new Error(`a YAML node of an unknown kind at ${path}`);
  }

  #map(map: YAMLMap, path: string, depth: number): Measured {
    const json: Record<string, Json> = {};
    const parts: Measured[] = [];
    let bytes = 2;
    for (const pair of map.items) {
      const key = keyText(pair.key);
      const keyAt = pair.key === null ? offsetOf(map) : offsetOf(pair.key as Node);
      if (key === undefined) {
        this.#fault('yaml-key', 'a key must be a text', path, keyAt, 'put it in quotes');
        continue;
      }
      const memberPath = `${path}/${escapePointer(key)}`;
      if (key === MERGE && (pair.key as Scalar).type === 'PLAIN') {
        const hint = 'write the members out, or put the key in quotes';
        this.#fault('yaml-merge', 'YAML 1.2 has no merge keys', memberPath, keyAt, hint);
      }
      if (Object.hasOwn(json, key)) {
        const message = `the key ${JSON.stringify(key)} stands twice in one object`;
        this.#fault('duplicate-key', message, memberPath, keyAt);
      }
      const part = pair.value === null ? NOTHING : this.#value(pair.value as Node, memberPath, depth + 1);
      put(json, key, part.json);
      parts.push(part);
      bytes += utf8Length(key) + 4;
    }
    return this.#sum(json, parts, bytes, path, map);
  }

  #alias(node: Node, name: string, path: string, depth: number): Measured {
    const anchor = this.#anchors.get(name);
    if (anchor === undefined) {
      this.#fault('yaml-alias', `there is no anchor &${name} before this alias`, path, offsetOf(node));
      return NOTHING;
    }
    if (anchor.value === undefined) {
      this.#fault('yaml-alias', `*${name} stands within what it names`, path, offsetOf(node));
      return NOTHING;
    }
    if (depth + anchor.value.height > MAX_JSON_DEPTH) {
      this.#fault('too-deep', tooDeep, path, offsetOf(node));
      return NOTHING;
    }
    this.#aliased.set(node, anchor.node);
    return anchor.value;
  }

  #scalar(value: unknown, path: string, offset: number): Measured {
    if (typeof value === 'string') return { json: value, bytes: utf8Length(value) + 2, height: 0 };
    if (value === null || typeof value === 'boolean') return { json: value, bytes: 5, height: 0 };
    if (typeof value === 'number' && Number.isFinite(value)) return { json: value, bytes: 8, height: 0 };
    const message = typeof value === 'number' ? `${value} has no JSON form` : 'the value has no JSON form';
    this.#fault('not-json', message, path, offset);
    return NOTHING;
  }

  #sum(json: Json, parts: readonly Measured[], own: number, path: string, node: Node): Measured {
    let bytes = own;
    let height = 0;
    for (const part of parts) {
      bytes += part.bytes;
      height = Math.max(height, part.height);
    }
    if (bytes > MAX_DEFINITION_BYTES) {
      const message = `larger than ${MAX_DEFINITION_BYTES} bytes once its aliases are written out`;
      this.#fault('too-large', message, path, offsetOf(node));
      return NOTHING;
    }
    return { json, bytes, height: height + 1 };
  }

  #fault(code: string, message: string, path: string, offset: number, hint?: string): void {
    addFault(this.#faults, { code, message, path, offset, ...(hint === undefined ? {} : { hint }) });
  }
}

/** A key as JSON has it: a text, or what a plain scalar such as `1000` or `true` was written as. */
function keyText(key: unknown): string | undefined {
  if (!isScalar(key)) return undefined;
  if (typeof key.value === 'string') return key.value;
  return key.value === null ? undefined : key.source;
}

function offsetOf(node: Node): number {
  return node.range?.[0] ?? 0;
}
