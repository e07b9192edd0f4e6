import { isJsonArray, isJsonObject, type Json, own } from '../../core/json.js';
import type { Problem } from '../../core/problem.js';
import { initialText, partsOf, ROOT } from './state.js';
import { Writing } from './writing.js';
import { xmlOf } from './xml.js';

/**
 * A statechart of W3C's dialect as an SCXML document, which reads back to the same machine; or everything in it that SCXML
 * has no words for. Machines that it invokes are documents of their own.
 *
 * @example
 * const written = writeScxml({ dialect: 'scxml', initial: ['#a'], states: { a: { id: 'a' } } });
 * 'text' in written && written.text.split('\n')[1]; // => '  <state id="a"/>'
 */
export function writeScxml(
  source: Json,
): { readonly text: string } | { readonly problems: readonly Problem[] } {
  const writing = new Writing();
  const machine = writing.object(source, '', 'machine', ROOT);
  if (own(machine, 'dialect') !== 'scxml') {
    const message = 'its transitions are XState’s, which SCXML has no words for';
    const hint = 'a machine with "dialect: scxml" can be written';
    return { problems: [{ code: 'not-in-scxml', message, path: '', hint }] };
  }
  const name = own(machine, 'id');
  const datamodel = own(machine, 'datamodel') ?? (logsText(machine) ? 'null' : undefined);
  const children = partsOf(writing, machine, '', String(name ?? 'machine'));
  const attributes = {
    xmlns: 'http://www.w3.org/2005/07/scxml',
    version: '1.0',
    name: typeof name === 'string' ? name : undefined,
    datamodel: typeof datamodel === 'string' ? datamodel : undefined,
    binding: isLate(machine) ? 'late' : undefined,
    initial: initialText(writing, machine, ''),
  };
  if (writing.problems.length > 0) return { problems: writing.problems };
  return { text: `${xmlOf({ name: 'scxml', attributes, children })}\n` };
}

/** Whether a state makes its data as it is entered first. */
function isLate(value: Json): boolean {
  return holds(value, (object) => own(object, 'late') === true);
}

/** Whether texts are told as they stand, which only a document without a datamodel does. */
function logsText(value: Json): boolean {
  return holds(value, (object) => {
    const log = own(object, 'log');
    return log !== undefined && isJsonObject(log) && own(log, 'value') !== undefined;
  });
}

function holds(value: Json, test: (object: Parameters<typeof own>[0]) => boolean): boolean {
  if (isJsonArray(value)) return value.some((item) => holds(item, test));
  return isJsonObject(value) && (test(value) || Object.values(value).some((member) => holds(member, test)));
}
