import type { Publication } from '../core/engine.js';
import { idProblem } from '../core/identifier.js';
import { isJsonObject, type Json, own } from '../core/json.js';
import { didYouMean, type Problem } from '../core/problem.js';

/** Top-level keys by which a language is known. */
const MARKS = {
  asl: ['StartAt', 'States'],
  statechart: ['states', 'initial', 'on'],
} as const;

export type DefinitionLanguage = keyof typeof MARKS;

/**
 * The language that a source is written in, by its top-level keys; undefined if it is none of ours.
 *
 * @example
 * detectLanguage({ StartAt: 'A', States: {} }); // => 'asl'
 * detectLanguage({ initial: 'a', states: { a: {} } }); // => 'statechart'
 * detectLanguage({ name: 'left-pad', version: '1.0.0' }); // => undefined
 */
export function detectLanguage(source: Json): DefinitionLanguage | undefined {
  if (!isJsonObject(source)) return undefined;
  const has = (key: string) => own(source, key) !== undefined;
  if (MARKS.asl.some(has)) return 'asl';
  if (has('states') || has('initial')) return 'statechart';
  return has('id') && has('on') ? 'statechart' : undefined;
}

/** Endings of file names that are no part of a machine's name. */
const ENDINGS = /(\.asl|\.machine)?\.(json|ya?ml|m?js|scxml)$/i;

/**
 * What a source is published as. A machine's name is its `id`, else its file's name without its endings.
 *
 * @example
 * definitionOf({ initial: 'a', states: { a: {} } }, 'shop/order.machine.yaml').publication?.machine; // => 'order'
 */
export function definitionOf(
  source: Json,
  file: string,
): { readonly publication?: Publication; readonly problems: readonly Problem[] } {
  const language = detectLanguage(source);
  if (language === undefined) return { problems: [unknownKind(source)] };
  const machine = machineName(source, file);
  const problem = idProblem('machine', machine);
  return problem === undefined
    ? { publication: { machine, language, source }, problems: [] }
    : { problems: [{ ...problem, path: '/id' }] };
}

function machineName(source: Json, file: string): string {
  const id = isJsonObject(source) ? own(source, 'id') : undefined;
  if (typeof id === 'string' && id !== '') return id;
  return machineNameOf(file);
}

/** What a machine without an id is called: its file's name without its endings. */
export function machineNameOf(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1).replace(ENDINGS, '');
}

function unknownKind(source: Json): Problem {
  const message = 'neither a statechart (states) nor a workflow (StartAt, States)';
  if (source === null) return { code: 'not-a-definition', message: 'there is nothing in it', path: '' };
  const keys = isJsonObject(source) ? Object.keys(source) : [];
  const meant = keys.map((key) => didYouMean(key, Object.values(MARKS).flat())).find(({ hint }) => hint);
  return { code: 'not-a-definition', message, path: '', ...meant };
}
