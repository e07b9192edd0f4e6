import type { Event } from '../core/event.js';
import { isJsonObject, type Json, own } from '../core/json.js';
import type { Step } from '../core/language.js';
import { Hiding, type SensitivePaths } from '../core/sensitive.js';
import type { StatechartProgram } from './compile.js';
import { storedState } from './stored-state.js';

/** A step that tells nothing of what is sensitive. */
export function discreet<E extends Event, A extends readonly unknown[]>(
  step: (program: StatechartProgram, state: Json, event: E, ...more: A) => Step,
): typeof step {
  return (program, state, event, ...more) => {
    const taken = step(program, state, event, ...more);
    if (program.sensitive.length === 0) return taken;
    return new Hiding(program.sensitive, [...rootsOf(state), ...rootsOf(taken.state), ...dataOf(event)]).step(
      taken,
    );
  };
}

/** What sensitive values stand in. */
export function rootsOf(state: Json): readonly Json[] {
  if (state === null) return [];
  const { context, output = null } = storedState(state);
  return [context, output];
}

function dataOf(event: Event): readonly Json[] {
  if ('input' in event) return [event.input];
  if ('output' in event) return [event.output];
  return event.type === 'signal' && event.data !== undefined ? [event.data] : [];
}

/** The paths that a definition calls sensitive; of one that was published, they are as they should be. */
export function sensitiveOf(source: Json): SensitivePaths {
  const paths = isJsonObject(source) ? own(source, 'sensitive') : undefined;
  const list: readonly Json[] = Array.isArray(paths) ? paths : paths === undefined ? [] : [paths as Json];
  return list.filter((path) => typeof path === 'string');
}
