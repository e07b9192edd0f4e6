import { awaitedNames } from './correlation.js';
import { MAX_ID_LENGTH } from './limits.js';
import type { Problem } from './problem.js';

/**
 * Says what is wrong with an id that a user chose (rule 12), or nothing.
 * `/` is ours: it joins a child to its parent and a message to its sender.
 *
 * @example
 * idProblem('instance id', 'order-1'); // => undefined
 * idProblem('instance id', 'a/b')?.code; // => 'invalid-id'
 */
export function idProblem(what: string, id: string): Problem | undefined {
  const complain = complaintOf(what);
  const problem = nameProblem(what, id);
  if (problem !== undefined) return problem;
  if (id.includes('/')) return complain(`${JSON.stringify(id)} may not contain "/"`);
  if (id === '.' || id === '..') return complain(`"${id}" would be lost from a path`);
  return undefined;
}

/**
 * Says what is wrong with a name that may have any sign in it that can be read, a slash too (a task's may be an
 * ARN or an address), or nothing.
 *
 * @example
 * nameProblem('a task name', 'arn:aws:lambda:a/b'); // => undefined
 * nameProblem('a task name', '')?.message; // => 'a task name may not be empty'
 */
export function nameProblem(what: string, name: string, maxLength = MAX_ID_LENGTH): Problem | undefined {
  const complain = complaintOf(what);
  if (name === '') return complain('may not be empty');
  if (name.length > maxLength) return complain(`is longer than ${maxLength} characters`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  if (/[\u0000-\u001f\u007f]/.test(name))
    return complain(`${JSON.stringify(name)} may not contain control characters`);
  if (!name.isWellFormed()) return complain('is not well-formed Unicode');
  return undefined;
}

function complaintOf(what: string): (message: string) => Problem {
  return (message) => ({ code: 'invalid-id', message: `${what} ${message}`, path: '' });
}

/**
 * Says what is wrong with the address of an instance, which may be a child's, or nothing.
 *
 * @example
 * addressProblem('order-1/3.0/1'); // => undefined
 * addressProblem('a\nb')?.code; // => 'invalid-id'
 */
export function addressProblem(id: string): Problem | undefined {
  for (const part of id.split('/')) {
    const problem = idProblem('an instance id', part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/**
 * The global name of what an effect made: a timer's message, a job, a message to another instance.
 *
 * @example
 * effectName('order-1', '3.0'); // => 'order-1/3/0'
 */
export function effectName(instance: string, effectId: string): string {
  return `${instance}/${effectId.replace('.', '/')}`;
}

/**
 * The global name of a timer, which begins with what it can be found by, if that is anything.
 *
 * @example
 * timerName('order-1', '3.0'); // => 'order-1/3/0'
 * timerName('order-1', '3.0', 'order_id=1'); // => '/subject/order_id=1/order-1/3/0'
 */
export function timerName(instance: string, effectId: string, subject?: string): string {
  const name = effectName(instance, effectId);
  return subject === undefined ? name : `${awaitedNames(subject)}${name}`;
}

/**
 * The id of a child that an effect made.
 *
 * @example
 * childName('order-1', '3.0', 0); // => 'order-1/3.0/0'
 */
export function childName(parent: string, effectId: string, index: number): string {
  return `${parent}/${effectId}/${index}`;
}

/**
 * The place of a child in its group.
 *
 * @example
 * placeOf('order-1/3.0/7'); // => 7
 */
export function placeOf(child: string): number {
  return Number(child.slice(child.lastIndexOf('/') + 1));
}

/**
 * The instance that spawned a child; undefined if the id is no child's.
 *
 * @example
 * parentOf('order-1/3.0/0'); // => 'order-1'
 */
export function parentOf(child: string): string | undefined {
  const parts = child.split('/');
  return parts.length < 3 ? undefined : parts.slice(0, -2).join('/');
}

/**
 * The effect that a child answers; undefined if the id is no child's.
 *
 * @example
 * effectOfChild('order-1/3.0/0'); // => '3.0'
 */
export function effectOfChild(child: string): string | undefined {
  return child.split('/').at(-2);
}
