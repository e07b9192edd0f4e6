import type { Json } from '../../core/json.js';
import type { Language } from '../../core/language.js';
import type { Problem } from '../../core/problem.js';
import { type Diagram, type DiagramOptions, diagramOf } from './diagram.js';
import { activeStates } from './marking.js';

export interface DefinitionDiagramOptions extends Omit<DiagramOptions, 'active'> {
  /** The state value, or path, that is marked. */
  readonly state?: Json;
}

/** The diagram of a definition. Throws Refused as `diagramOf` and `activeStates` do. */
export function diagramOfDefinition(
  language: Language,
  source: Json,
  { state = null, ...options }: DefinitionDiagramOptions,
): Diagram {
  const graph = language.graph(source);
  return diagramOf(graph, { ...options, active: activeStates(graph, state) });
}

/** Whether a definition with this problem can be drawn nevertheless: something in it cannot be run yet. */
export function isDrawable({ code }: Problem): boolean {
  return code === 'not-supported';
}
