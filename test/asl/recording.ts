import { isJsonArray, isJsonObject, type Json, type JsonObject, jsonEqual } from '../../src/core/json.js';

/**
 * Compares what we made with what AWS was recorded to have done. In a recording, `<…>` in a text stands for
 * any text, the same everywhere; whole texts such as `timestamp` stand for anything; and the recorder parsed
 * JSON texts that begin with a brace.
 */
export class Recording {
  readonly #wildcards: ReadonlySet<string>;
  readonly #bound = new Map<string, string>();

  constructor(wildcards: readonly string[]) {
    this.#wildcards = new Set([...wildcards, 'timestamp', 'date']);
  }

  /** Undefined if they agree, else where they do not. */
  difference(expected: Json | undefined, actual: Json | undefined, at = ''): string | undefined {
    if (expected === undefined || actual === undefined) {
      return expected === actual ? undefined : `${at}: ${show(expected)} / ${show(actual)}`;
    }
    if (typeof expected === 'string') return this.#text(expected, actual, at);
    if (isJsonObject(expected) && Object.hasOwn(expected, '$raw')) {
      return this.difference(expected['$raw'], actual, at);
    }
    // Payloads in a history are texts, some of which the recorder parsed.
    const isParsed = typeof expected === 'object' ? expected !== null : at.startsWith('history');
    if (typeof actual === 'string' && isParsed) {
      const parsed = parse(actual);
      if (parsed !== undefined && typeof parsed !== 'string') return this.difference(expected, parsed, at);
    }
    if (isJsonArray(expected) && isJsonArray(actual)) return this.#items(expected, actual, at);
    if (isJsonObject(expected) && isJsonObject(actual) && !isJsonArray(expected) && !isJsonArray(actual)) {
      return this.#members(expected, actual, at);
    }
    return jsonEqual(expected, actual) ? undefined : `${at}: ${show(expected)} / ${show(actual)}`;
  }

  #items(expected: readonly Json[], actual: readonly Json[], at: string): string | undefined {
    if (expected.length !== actual.length) return `${at}: ${show(expected)} / ${show(actual)}`;
    for (const [i, item] of expected.entries()) {
      const difference = this.difference(item, actual[i], `${at}/${i}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }

  #members(expected: JsonObject, actual: JsonObject, at: string): string | undefined {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const difference = this.difference(expected[key], actual[key], `${at}/${key}`);
      if (difference !== undefined) return difference;
    }
    return undefined;
  }

  #text(expected: string, actual: Json, at: string): string | undefined {
    if (this.#wildcards.has(expected)) return undefined;
    if (typeof actual !== 'string') return `${at}: ${show(expected)} / ${show(actual)}`;
    if (this.#matches(expected, actual)) return undefined;
    const [left, right] = [parse(expected), parse(actual)];
    if (left !== undefined && right !== undefined && typeof left !== 'string') {
      return this.difference(left, right, at);
    }
    return `${at}: ${show(expected)} / ${show(actual)}`;
  }

  #matches(expected: string, actual: string): boolean {
    const names = expected.match(/<[^<>]+>/g) ?? [];
    if (names.length === 0) return expected === actual;
    const literals = expected.split(/<[^<>]+>/).map((text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    const match = new RegExp(`^${literals.join('([^]*?)')}$`).exec(actual);
    if (match === null) return false;
    return names.every((name, i) => {
      const found = match[i + 1] ?? '';
      const bound = this.#bound.get(name);
      this.#bound.set(name, bound ?? found);
      return bound === undefined || bound === found;
    });
  }
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

function show(value: Json | undefined): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 300);
}
