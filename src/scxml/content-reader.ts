import type { Json } from '../core/json.js';
import type { Element } from './document.js';
import { type Reading, wordsOf } from './reading.js';

/** What sends to sessions of SCXML; other processors, HTTP among them, have no place here (SCXML C.1). */
const PROCESSORS = ['scxml', 'http://www.w3.org/TR/scxml/#SCXMLEventProcessor'];

const CONTENT = ['raise', 'send', 'cancel', 'log', 'if'];

/** Executable content, as actions (SCXML 4). Each block is one action, so that an error skips no other block. */
export function readContent(reading: Reading, block: Element): Json[] {
  return readActions(reading, block.children, block.name);
}

function readActions(reading: Reading, elements: readonly Element[], within: string): Json[] {
  return elements.flatMap((element) => readAction(reading, element, within));
}

function readAction(reading: Reading, element: Element, within: string): Json[] {
  switch (element.name) {
    case 'raise':
      reading.known(element, ['event']);
      return [{ raise: reading.needed(element, 'event') }];
    case 'send':
      return readSend(reading, element);
    case 'cancel':
      reading.known(element, ['sendid']);
      return [{ cancel: reading.needed(element, 'sendid') }];
    case 'log':
      return readLog(reading, element);
    case 'if':
      return [readIf(reading, element)];
    default:
      reading.unknown(element, within, CONTENT);
      return [];
  }
}

/** `#_internal` is the machine's own queue; without a target the event comes in from outside. */
function readSend(reading: Reading, element: Element): Json[] {
  reading.known(element, ['event', 'target', 'type', 'delay', 'id']);
  for (const child of element.children) reading.unknown(child, 'send', []);
  const processor = element.attribute('type') ?? 'scxml';
  if (!PROCESSORS.includes(processor)) {
    reading.add(element, 'not-supported', `there is no event processor ${JSON.stringify(processor)}`);
  }
  const type = reading.needed(element, 'event');
  const [delay, id, target] = ['delay', 'id', 'target'].map((name) => element.attribute(name));
  const held = {
    ...(delay === undefined ? {} : { delay: delay.trim() }),
    ...(delay === undefined || id === undefined ? {} : { id }),
  };
  if (target === '#_internal') return [{ raise: { type, ...held } }];
  return [{ send: { ...(target === undefined ? {} : { to: target }), type, ...held } }];
}

function readLog(reading: Reading, element: Element): Json[] {
  reading.known(element, ['label', 'expr']);
  const [label, expr] = [element.attribute('label'), element.attribute('expr')];
  if (expr !== undefined) reading.expression(element, expr);
  return [{ log: label === undefined ? {} : { label } }];
}

/** SCXML 4.3: `elseif` and `else` stand between the actions of their branches. */
function readIf(reading: Reading, element: Element): Json {
  const branches: { readonly at: Element; readonly inside: Element[] }[] = [{ at: element, inside: [] }];
  for (const child of element.children) {
    if (child.name === 'elseif' || child.name === 'else') branches.push({ at: child, inside: [] });
    else branches.at(-1)?.inside.push(child);
  }
  return {
    choose: branches.map(({ at, inside }) => {
      const actions = readActions(reading, inside, 'if');
      return at.name === 'else' ? { actions } : { guard: readGuard(reading, at), actions };
    }),
  };
}

/** `cond`: in the null datamodel `In(…)` alone (SCXML B.1). */
export function readGuard(reading: Reading, element: Element): Json {
  const cond = reading.needed(element, 'cond');
  const [, single, double, bare] = /^\s*In\(\s*(?:'([^']*)'|"([^"]*)"|([\w.-]+))\s*\)\s*$/.exec(cond) ?? [];
  const id = single ?? double ?? bare;
  if (id !== undefined) return { in: `#${id}` };
  reading.expression(element, cond);
  return { in: '#' };
}

/** Targets by id. */
export function targetsOf(text: string): string[] {
  return wordsOf(text).map((id) => `#${id}`);
}
