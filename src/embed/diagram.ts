import { diagramOfDefinition, isDrawable } from '../analysis/diagram/definition-diagram.js';
import type { Diagram, Direction } from '../analysis/diagram/diagram.js';
import { dotText } from '../analysis/diagram/dot.js';
import { mermaidText } from '../analysis/diagram/mermaid.js';
import { svgText } from '../analysis/diagram/svg.js';
import { given } from '../core/given.js';
import { type Json, toJson } from '../core/json.js';
import { isError, type Problem, Refused } from '../core/problem.js';
import { definitionOf, detectLanguage } from '../formats/definition.js';
import { parseSource } from '../formats/source.js';
import { layOut } from './diagram-layout.js';
import { LANGUAGES } from './languages.js';
import { machineIn } from './module-machine.js';

export interface DiagramOptions {
  /** What the machine is called; its id if absent. */
  readonly name?: string;
  /** The state value, or path, that is marked: as `read` has it of an instance, or `getSnapshot` of an actor. */
  readonly state?: unknown;
  /** Which way transitions lead: `down` if absent. */
  readonly direction?: Direction;
}

/**
 * A machine as a state diagram of Mermaid, which Markdown shows. It is what `createMachine` gives, a definition as an
 * object, or its text in YAML or JSON. Throws Refused where the definition has errors, `state` names no state
 * (`unknown-state`), or there is too much to be drawn (`diagram-too-large`).
 *
 * @example
 * toMermaid({ id: 'lamp', initial: 'off', states: { off: { on: { PRESS: 'on' } }, on: {} } }).includes('s1 --> s2 : PRESS'); // => true
 */
export function toMermaid(definition: string | object, options: DiagramOptions = {}): string {
  return mermaidText(drawn(definition, options));
}

/** The same in the language of Graphviz. */
export function toDot(definition: string | object, options: DiagramOptions = {}): string {
  return dotText(drawn(definition, options));
}

/** The same as an SVG document, laid out by elkjs. */
export async function toSvg(definition: string | object, options: DiagramOptions = {}): Promise<string> {
  return svgText(await layOut(drawn(definition, options)));
}

function drawn(definition: string | object, { state, ...options }: DiagramOptions): Diagram {
  const source = sourceOf(definition);
  const name = detectLanguage(source);
  const language = LANGUAGES.find((candidate) => candidate.name === name);
  if (language === undefined) throw new Refused(definitionOf(source, '').problems);
  refuseErrors(language.check(source));
  return diagramOfDefinition(language, source, {
    ...options,
    ...given({ state: state === undefined ? undefined : jsonOf(state) }),
  });
}

function sourceOf(definition: string | object): Json {
  if (typeof definition !== 'string') return jsonOf(machineIn(definition)?.source ?? definition);
  const { source, problems } = parseSource(definition);
  refuseErrors(problems);
  return source ?? null;
}

function jsonOf(value: unknown): Json {
  const checked = toJson(value);
  if ('problem' in checked) throw new Refused(checked.problem);
  return checked.value;
}

/** What cannot be run yet can be drawn. */
function refuseErrors(problems: readonly Problem[]): void {
  const errors = problems.filter((problem) => isError(problem) && !isDrawable(problem));
  if (errors.length > 0) throw new Refused(errors);
}
