import type { EventBody } from '../core/event.js';
import type { Json } from '../core/json.js';
import type { Problem } from '../core/problem.js';
import { Hiding } from '../core/sensitive.js';
import { thrown } from '../core/thrown.js';
import type { Load } from '../store/store.js';
import type { Steppable } from './registry.js';

/**
 * What is told of a step that threw, to everyone who reads the instance: nothing of what its machine calls sensitive,
 * neither of its state nor of the events that were at hand.
 */
export function stepProblem(error: unknown, load: Load, steppable: Steppable): Problem {
  const { name, message } = thrown(error);
  const text = `the step threw ${name}: ${message}`;
  const { language, definition } = steppable;
  const paths = language.sensitive?.(definition.source) ?? [];
  const told = paths.length === 0 ? text : new Hiding(paths, rootsOf(load, steppable)).in(text);
  return { code: 'step-failed', message: told, path: '' };
}

/** What sensitive values stand in: context and output, and what came with the events. */
function rootsOf({ instance, messages }: Load, { language }: Steppable): readonly Json[] {
  const roots = messages.flatMap(({ event }) => dataOf(JSON.parse(event) as EventBody));
  if (instance.state === null) return roots;
  try {
    const { context, output } = language.view(JSON.parse(instance.state) as Json);
    return [...roots, context, output];
  } catch {
    // What cannot be read may be why it threw.
    return roots;
  }
}

function dataOf(event: EventBody): readonly Json[] {
  if ('input' in event) return [event.input];
  if ('inputs' in event) return Object.values(event.inputs);
  if ('output' in event) return [event.output];
  return event.type === 'signal' && event.data !== undefined ? [event.data] : [];
}
