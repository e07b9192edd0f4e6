import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../../core/json.js';
import type { Problem } from '../../core/problem.js';
import { EXTENSIONS, NAMESPACE } from '../document.js';
import { WHOLE } from '../scxml.js';
import { asW3c } from './native/machine.js';
import { initialText, partsOf, ROOT } from './state.js';
import { Writing } from './writing.js';
import { xmlOf } from './xml.js';

/**
 * A statechart as an SCXML document: one of W3C's dialect, which reads back to the same machine, or a native one, which reads back
 * to one of W3C's dialect that does the same; or everything in it that SCXML has no words for. Machines that it
 * invokes are documents of their own.
 *
 * @example
 * const written = writeScxml({ initial: 'a', states: { a: { on: { GO: 'b' } }, b: {} } });
 * 'text' in written && written.text.split('\n')[2]; // => '    <transition event="GO" target="b"/>'
 */
export function writeScxml(
  source: Json,
): { readonly text: string } | { readonly problems: readonly Problem[] } {
  if (isJsonObject(source) && own(source, 'dialect') === 'scxml') return writeW3c(source);
  const translated = asW3c(source);
  return 'problems' in translated ? translated : writeW3c(translated.source);
}

type Written = { readonly text: string } | { readonly problems: readonly Problem[] };

/** Without a datamodel, where nothing in the machine is worked out but whether states are active. */
function writeW3c(source: JsonObject): Written {
  if (own(source, 'datamodel') === 'ecmascript') return documentOf(source, new Writing('ecmascript'));
  const plain = new Writing('null');
  const written = documentOf(source, plain);
  return plain.needsData ? documentOf(source, new Writing('jsonata')) : written;
}

function documentOf(source: JsonObject, writing: Writing): Written {
  const machine = writing.object(source, '', 'machine', ROOT);
  const name = own(machine, 'id');
  const children = partsOf(writing, machine, '', String(name ?? 'machine'));
  const told = Object.entries(machine).filter(([key]) => WHOLE.includes(key));
  if (told.length > 0) {
    writing.isExtended = true;
    children.unshift({ name: 'detent:machine', children: [JSON.stringify(Object.fromEntries(told))] });
  }
  const { datamodel, saysNone } = writing;
  const attributes = {
    xmlns: NAMESPACE,
    'xmlns:detent': writing.isExtended ? EXTENSIONS : undefined,
    version: '1.0',
    name: typeof name === 'string' ? name : undefined,
    datamodel: datamodel !== 'null' || saysNone ? datamodel : undefined,
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

function holds(value: Json, test: (object: Parameters<typeof own>[0]) => boolean): boolean {
  if (isJsonArray(value)) return value.some((item) => holds(item, test));
  return isJsonObject(value) && (test(value) || Object.values(value).some((member) => holds(member, test)));
}
