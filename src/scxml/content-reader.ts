import { isJsonObject, type Json, type JsonObject } from '../core/json.js';
import type { Element } from './document.js';
import {
  constantOf,
  extensions,
  extensionValue,
  inlineValue,
  inPredicate,
  present,
  type Reading,
  wordsOf,
} from './reading.js';

/** What sends to sessions of SCXML; other processors, HTTP among them, have no place here (SCXML C.1). */
const PROCESSORS = ['scxml', 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor'];

const CONTENT = ['raise', 'send', 'cancel', 'log', 'if', 'assign', 'foreach', 'script'];

/** Executable content, as actions (SCXML 4). */
export function readContent(reading: Reading, block: Element): Json[] {
  return readActions(reading, block.children, block.name);
}

function readActions(reading: Reading, elements: readonly Element[], within: string): Json[] {
  return elements.flatMap((element) => {
    const action = readAction(reading, element, within);
    return action === undefined ? [] : [reading.from(element, action)];
  });
}

function readAction(reading: Reading, element: Element, within: string): JsonObject | undefined {
  switch (element.name) {
    case 'raise':
      reading.known(element, ['event']);
      return { raise: reading.needed(element, 'event') };
    case 'send':
      return readSend(reading, element);
    case 'cancel':
      return readCancel(reading, element);
    case 'log':
      return readLog(reading, element);
    case 'if':
      return readIf(reading, element);
    case 'assign':
      return readAssign(reading, element);
    case 'foreach':
      return readForeach(reading, element);
    case 'script':
      return readScript(reading, element);
    default:
      reading.unknown(element, within, CONTENT);
      return undefined;
  }
}

/** An attribute that is a text, or its twin that is an expression. */
export function textOrExpression(
  reading: Reading,
  element: Element,
  names: readonly [string, string],
): Json | undefined {
  const [text, expression] = reading.either(element, names);
  if (expression !== undefined) return reading.expression(element, expression);
  return text === undefined ? undefined : constantOf(text);
}

const SEND = [
  'event',
  'eventexpr',
  'target',
  'targetexpr',
  'type',
  'typeexpr',
  'delay',
  'delayexpr',
  'id',
  'idlocation',
  'namelist',
];

/** What a machine tells others than sessions, by the type of what it is sent with: its handlers, and those who watch. */
const OWN: Readonly<Record<string, (name: Json, payload: Payload) => JsonObject>> = {
  'detent:action': (type, { data, params }) => ({ type, ...present({ params: params ?? data }) }),
  'detent:emit': (type, { data, params }) => ({ emit: { type, ...present({ data: params ?? data }) } }),
};

interface Payload {
  readonly data?: Json;
  readonly params?: JsonObject;
}

/** `#_internal` is the machine's own queue; without a target the event comes in from outside. */
function readSend(reading: Reading, element: Element): JsonObject {
  reading.known(element, SEND);
  const [event, to, processor, delay] = (['event', 'target', 'type', 'delay'] as const).map((name) =>
    textOrExpression(reading, element, [name, `${name}expr`]),
  );
  const [id, idTo] = reading.either(element, ['id', 'idlocation']);
  if (event === undefined) reading.needed(element, 'event');
  const type = event ?? '';
  const pause = typeof delay === 'string' ? delay.trim().replace(/^\./, '0.') : delay;
  const payload = readPayload(reading, element, 'send');
  const isOwn = reading.isJsonata && Object.hasOwn(OWN, String(processor));
  const told = isOwn ? OWN[String(processor)]?.(type, payload) : undefined;
  if (told !== undefined) return told;
  if (!reading.isScripted) {
    if (typeof processor === 'string' && !PROCESSORS.includes(processor)) {
      reading.add(element, 'not-supported', `there is no event processor ${JSON.stringify(processor)}`);
    }
    const { data } = payload.params === undefined ? payload : { data: payload.params };
    const held = present({ data, delay: pause, ...(pause === undefined ? {} : { id }) });
    // What is held back for the machine itself comes when it is due, before what waits then.
    if (to === '#_internal' || (to === undefined && pause !== undefined)) return { raise: { type, ...held } };
    return { send: { ...present({ to }), type, ...held } };
  }
  const isPlain = processor === undefined || PROCESSORS.includes(String(processor));
  return {
    send: {
      type,
      ...present({ to, ...(isPlain ? {} : { processor }), ...payload, delay: pause, id, idTo }),
    },
  };
}

/** What `namelist` and `<content>` give, and what `<param>` does, of which each may fail by itself (SCXML 5.7). */
export function readPayload(reading: Reading, element: Element, within: string): Payload {
  const names = wordsOf(element.attribute('namelist') ?? '');
  const listed = Object.fromEntries(names.map((name) => [name, reading.expression(element, name)] as const));
  const params = element.children.filter(({ name }) => name === 'param');
  const [content] = element.children.filter(({ name }) => name === 'content');
  for (const child of element.children) {
    if (!['param', 'content', 'finalize'].includes(child.name))
      reading.unknown(child, within, ['param', 'content']);
  }
  if (content !== undefined && names.length + params.length > 0) {
    reading.add(content, 'attributes', `<${element.name}> has <content> besides names or parameters`);
  }
  const made = params.map((param) => {
    reading.known(param, ['name', 'expr', 'location']);
    const [expr, location] = reading.either(param, ['expr', 'location']);
    const code = expr ?? location;
    if (code === undefined) reading.needed(param, 'expr');
    return [reading.needed(param, 'name'), reading.expression(param, code ?? '')] as const;
  });
  for (const [n, [name]] of made.entries()) {
    const first = made.findIndex(([other]) => other === name);
    const param = params[n];
    if (first !== n && param !== undefined)
      reading.add(param, 'duplicate-key', `the parameter "${name}" is given twice`);
  }
  const data = content === undefined ? (names.length > 0 ? listed : undefined) : readInline(reading, content);
  return {
    ...(data === undefined ? {} : { data }),
    ...(made.length === 0 ? {} : { params: Object.fromEntries(made) }),
  };
}

/** `<content>`: an expression, or what stands in it. */
export function readInline(reading: Reading, content: Element): Json {
  reading.known(content, ['expr']);
  const expression = content.attribute('expr');
  return expression === undefined ? inlineValue(reading, content) : reading.expression(content, expression);
}

function readCancel(reading: Reading, element: Element): JsonObject {
  reading.known(element, ['sendid', 'sendidexpr']);
  const id = textOrExpression(reading, element, ['sendid', 'sendidexpr']);
  if (id === undefined) reading.needed(element, 'sendid');
  return { cancel: id ?? '' };
}

function readLog(reading: Reading, element: Element): JsonObject {
  reading.known(element, ['label', 'expr']);
  const [label, expr] = [element.attribute('label'), element.attribute('expr')];
  const told = extensions(element, ['value']);
  if (expr === undefined && told['value'] !== undefined) return { log: { ...present({ label }), ...told } };
  if (expr === undefined || expr.trim() === '') return { log: present({ label }) };
  // Without a datamodel there is nothing that it could be the value of: its text is told.
  return {
    log: present({ label, value: reading.isNull ? constantOf(expr) : reading.expression(element, expr) }),
  };
}

/** SCXML 4.3: `elseif` and `else` stand between the actions of their branches. */
function readIf(reading: Reading, element: Element): JsonObject {
  const branches: { readonly at: Element; readonly inside: Element[] }[] = [{ at: element, inside: [] }];
  for (const child of element.children) {
    if (child.name === 'elseif' || child.name === 'else') branches.push({ at: child, inside: [] });
    else branches.at(-1)?.inside.push(child);
  }
  return {
    choose: branches.map(({ at, inside }) => {
      reading.known(at, at.name === 'else' ? [] : ['cond']);
      const actions = readActions(reading, inside, 'if');
      return at.name === 'else' ? { actions } : { guard: readGuard(reading, at), actions };
    }),
  };
}

function readAssign(reading: Reading, element: Element): JsonObject {
  reading.known(element, ['location', 'expr']);
  const expression = element.attribute('expr');
  const value =
    expression === undefined ? inlineValue(reading, element) : reading.expression(element, expression);
  const location = reading.needed(element, 'location');
  return { assign: reading.isJsonata ? fieldsOf(reading, element, location, value) : { [location]: value } };
}

/** A field, `context.n`; or several at once, each worked out from the context before, where the location is `context`. */
function fieldsOf(reading: Reading, element: Element, location: string, value: Json): JsonObject {
  const field = /^context\.([\p{L}_$][\p{L}\p{N}_$]*)$/u.exec(location)?.[1];
  if (field !== undefined) return { [field]: value };
  if (location === 'context' && isJsonObject(value)) return value;
  const hint = 'write location="context.n", or location="context" and an object of fields within';
  reading.add(element, 'location', `nothing can be assigned to ${JSON.stringify(location)}`, { hint });
  return {};
}

function readForeach(reading: Reading, element: Element): JsonObject {
  if (reading.isJsonata) reading.add(element, 'not-supported', 'the datamodel "jsonata" has no <foreach>');
  reading.known(element, ['array', 'item', 'index']);
  const array = reading.expression(element, reading.needed(element, 'array'));
  const index = element.attribute('index');
  return {
    foreach: {
      array,
      item: reading.needed(element, 'item'),
      ...present({ index }),
      actions: readActions(reading, element.children, 'foreach'),
    },
  };
}

/** A script's text, or that of the file it names. */
export function readScript(reading: Reading, element: Element): JsonObject {
  reading.known(element, ['src']);
  const src = element.attribute('src');
  if (reading.isNull || reading.isJsonata)
    reading.add(element, 'not-supported', 'a script needs the datamodel "ecmascript"');
  return { script: src === undefined ? element.text : (reading.file(element, src) ?? '') };
}

/** `cond`: in the null datamodel `In(…)` alone (SCXML B.1); in `jsonata` also a guard in JSON: others combined, or a name. */
export function readGuard(reading: Reading, element: Element): Json {
  const cond = reading.needed(element, 'cond');
  const id = inPredicate(cond);
  if (id !== undefined) return { in: `#${id}` };
  const guard = reading.isJsonata && cond.trim().startsWith('{') ? extensionValue(cond) : undefined;
  return guard !== undefined && isJsonObject(guard) ? guard : reading.expression(element, cond);
}

/** Targets by id. */
export function targetsOf(text: string): string[] {
  return wordsOf(text).map((id) => `#${id}`);
}
