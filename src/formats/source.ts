import { type Json, utf8Length } from '../core/json.js';
import { MAX_DEFINITION_BYTES } from '../core/limits.js';
import type { Problem } from '../core/problem.js';
import { readScxml, type ScxmlSource } from '../scxml/scxml.js';
import { machineNameOf } from './definition.js';
import { readJson } from './json/json-tree.js';
import { LineIndex, type Position } from './position.js';
import type { Place, Tree } from './tree.js';
import { readYaml } from './yaml/yaml-tree.js';

/** A text that was read as a definition's source. */
export interface ParsedSource {
  readonly file?: string;
  /** Absent if a problem leaves no value. */
  readonly source?: Json;
  readonly problems: readonly Problem[];
  /** Machines that stand within it (SCXML), to be published beside it. */
  readonly inner?: ScxmlSource['inner'];
  /**
   * Where the value at a JSON Pointer stands: a scalar itself, a collection by its key. With `key`, always the
   * key. Undefined if there is no such value.
   */
  locate(path: string, part?: 'key' | 'value'): Position | undefined;
}

export interface SourceOptions {
  readonly file?: string;
  /** The text of a file that an SCXML document speaks of. */
  readonly read?: (address: string) => string | undefined;
}

/**
 * Reads a definition's text: SCXML if it begins with `<`, strict JSON if the file's name ends in `.json`, YAML 1.2 (and so
 * JSON too) otherwise. Whatever is wrong with it is a Problem with line and column; nothing is thrown.
 *
 * @example
 * parseSource('a: [1, {b: 2}]').source; // => { a: [1, { b: 2 }] }
 * parseSource('a: 1\na: 2').problems[0]?.line; // => 2
 */
export function parseSource(text: string, options: SourceOptions = {}): ParsedSource {
  const file = options.file === undefined ? {} : { file: options.file };
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (utf8Length(plain) > MAX_DEFINITION_BYTES) {
    const message = `a definition may not exceed ${MAX_DEFINITION_BYTES} bytes`;
    return {
      ...file,
      problems: [{ code: 'too-large', message, path: '', ...file }],
      locate: () => undefined,
    };
  }
  if (plain.trimStart().startsWith('<')) return parseScxml(plain, options, file);
  const tree: Tree = options.file?.toLowerCase().endsWith('.json') ? readJson(plain) : readYaml(plain);
  const lines = new LineIndex(plain);
  return {
    ...file,
    ...(tree.value === undefined ? {} : { source: tree.value }),
    problems: tree.faults.map(({ offset, ...fault }) => ({ ...fault, ...file, ...lines.at(offset) })),
    locate(path, part = 'value') {
      const place = tree.find(path);
      return place === undefined ? undefined : lines.at(offsetFor(place, part));
    },
  };
}

function parseScxml(
  text: string,
  { file: path = '', read }: SourceOptions,
  file: { file?: string },
): ParsedSource {
  const name = machineNameOf(path);
  const document = readScxml(text, {
    ...(name === '' ? {} : { name }),
    ...(read === undefined ? {} : { read }),
  });
  if ('problems' in document) {
    const problems = document.problems.map((problem) => ({ ...problem, ...file }));
    return { ...file, problems, locate: () => undefined };
  }
  const { source, inner, locate } = document;
  return { ...file, source, inner, problems: [], locate };
}

function offsetFor({ keyAt, valueAt, scalar }: Place, part: 'key' | 'value'): number {
  return keyAt !== undefined && (part === 'key' || !scalar) ? keyAt : valueAt;
}

/** Problems that are about a key, not about what stands under it. */
const KEY_PROBLEMS = new Set(['unknown-key', 'duplicate-key', 'unknown-field']);

/**
 * The problems that a language found in a source, with file, line and column, in the order of the text: the
 * place is that of the value that a problem's `path` names, or of the nearest one around it where that does
 * not exist.
 */
export function locateProblems(problems: readonly Problem[], parsed: ParsedSource): Problem[] {
  const file = parsed.file === undefined ? {} : { file: parsed.file };
  const located = problems.map((problem): Problem => {
    const part = KEY_PROBLEMS.has(problem.code) ? 'key' : 'value';
    for (let path = problem.path; ; path = path.slice(0, path.lastIndexOf('/'))) {
      const position = parsed.locate(path, part);
      if (position !== undefined) return { ...problem, ...file, ...position };
      if (!path.includes('/')) return { ...problem, ...file };
    }
  });
  return located.sort(byPlace);
}

/** Problems of several files, file by file as they came, each in the order of its text. */
export function inOrder(problems: readonly Problem[]): Problem[] {
  const rank = new Map([...new Set(problems.map(({ file }) => file))].map((file, index) => [file, index]));
  return [...problems].sort((a, b) => {
    return (rank.get(a.file) ?? 0) - (rank.get(b.file) ?? 0) || byPlace(a, b);
  });
}

function byPlace(a: Problem, b: Problem): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}
