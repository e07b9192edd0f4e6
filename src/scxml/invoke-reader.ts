import type { Json, JsonObject } from '../core/json.js';
import { readContent, readInline, readPayload, textOrExpression } from './content-reader.js';
import type { Element } from './document.js';
import { extensions, present, type Reading, wordsOf } from './reading.js';

const INVOKE = ['type', 'typeexpr', 'src', 'srcexpr', 'id', 'idlocation', 'namelist', 'autoforward'];

/** What a machine of SCXML is called as the type of an invocation. */
const TYPES = /^(scxml|https?:\/\/www\.w3\.org\/TR\/scxml\/?)$/;

/** The type of what a handler does; `src` is the name that it is registered under. */
export const TASK = 'detent:task';

/** What an invocation says in attributes of our own. */
export const TOLD = ['input', 'timeout', 'heartbeat', 'retry', 'forward', 'description', 'meta'];

/** `<invoke>` (SCXML 6.4): `index` is its place among those of its state, `state` the state's id. */
export function readInvoke(reading: Reading, element: Element, state: string, index: number): JsonObject {
  reading.known(element, INVOKE);
  const [id, idlocation] = reading.either(element, ['id', 'idlocation']);
  const key = id ?? `${state}.${index}`;
  const { data, params } = readPayload(
    reading,
    { ...element, children: element.children.filter(({ name }) => name !== 'content') },
    'invoke',
  );
  const finalize = element.children.filter(({ name }) => name === 'finalize');
  const isTask = element.attribute('type') === TASK;
  return reading.from(element, {
    ...(isTask ? { src: reading.needed(element, 'src') } : { machine: readMachine(reading, element, id) }),
    id: key,
    ...present({ input: data, params }),
    ...extensions(element, TOLD),
    ...(idlocation === undefined ? {} : { actions: [{ assign: { [idlocation]: key } }] }),
    ...(element.attribute('autoforward') === 'true' ? { forward: true } : {}),
    ...(finalize.length === 0
      ? {}
      : { finalize: finalize.flatMap((one) => readFinalize(reading, element, one)) }),
  });
}

/** What is invoked: the machine of another file, by its name, or a document within this one. */
function readMachine(reading: Reading, element: Element, id: string | undefined): string {
  const type = textOrExpression(reading, element, ['type', 'typeexpr']);
  const [src, srcexpr] = reading.either(element, ['src', 'srcexpr']);
  const [content] = element.children.filter(({ name }) => name === 'content');
  const isDynamic = element.attribute('typeexpr') !== undefined;
  if (!isDynamic && typeof type === 'string' && !TYPES.test(type)) {
    const hint = `what is no machine is a task: type="${TASK}", and its name as src`;
    reading.add(element, 'not-supported', `there is nothing of type ${JSON.stringify(type)} to invoke`, {
      hint,
    });
  }
  const given = [src, srcexpr, content].filter((one) => one !== undefined);
  if (given.length !== 1) {
    reading.add(element, 'missing', '<invoke> needs one of "src", "srcexpr" and <content>');
    return '';
  }
  const typed = isDynamic ? `, ${code(type ?? '')}` : '';
  if (srcexpr !== undefined) return reading.expression(element, `Machine(${srcexpr}${typed})`);
  const known = src === undefined ? contentMachine(reading, content as Element, id) : machineOf(src);
  if (typeof known !== 'string') return reading.expression(element, `Machine(${code(known.value)}${typed})`);
  return isDynamic ? reading.expression(element, `Machine(${JSON.stringify(known)}${typed})`) : known;
}

function contentMachine(
  reading: Reading,
  content: Element,
  id: string | undefined,
): string | { readonly value: Json } {
  const [document] = content.children.filter(({ name }) => name === 'scxml');
  if (document !== undefined) return reading.innerMachine(document, id);
  return { value: readInline(reading, content) };
}

/** An expression's text, or a constant as one. */
function code(value: Json): string {
  return typeof value === 'string' && value.startsWith('{%')
    ? value.slice(2, -2).trim()
    : JSON.stringify(value);
}

/** A machine is called by the name of its file. */
function machineOf(address: string): string {
  return address.replace(/^.*[\\/:#]/, '').replace(/\.(scxml|xml)$/i, '');
}

/** Where it is empty, what was handed over is taken back from events under the same names (SCXML 6.5). */
function readFinalize(reading: Reading, invoke: Element, finalize: Element): Json[] {
  const actions = readContent(reading, finalize);
  if (actions.length > 0) return actions;
  const listed = wordsOf(invoke.attribute('namelist') ?? '').map((name) => [name, name] as const);
  const params = invoke.children.flatMap((child) => {
    const location = child.name === 'param' ? child.attribute('location') : undefined;
    return location === undefined ? [] : [[child.attribute('name') ?? location, location.trim()] as const];
  });
  return [...listed, ...params].map(([name, location]) => {
    const member = JSON.stringify(name);
    const value = `Object.hasOwn(_event.data ?? {}, ${member}) ? _event.data[${member}] : ${location}`;
    return { assign: { [location]: reading.expression(finalize, value) } };
  });
}
