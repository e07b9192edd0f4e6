import { parseDuration } from '../../core/duration.js';
import { type Json, own } from '../../core/json.js';
import { ActionError } from '../../statechart/action-error.js';
import { SCXML_PROCESSOR, SESSION } from '../../statechart/dialect.js';
import { RELATIVE } from '../../statechart/machine-effect.js';
import { isReserved, type MachineEvent } from '../../statechart/machine-event.js';
import type { Run } from '../../statechart/run.js';
import type { DatamodelAction } from '../../statechart/schema/chart.js';
import { join } from '../../statechart/schema/findings.js';
import { Undone } from '../../statechart/undone.js';
import { assignment, codeOf, objectOf, type Reading, textMember } from './action-reading.js';
import { PRELUDE } from './prelude.js';
import type { Scripting } from './scripting.js';
import { literal } from './session.js';

const KEYS = ['type', 'to', 'processor', 'data', 'params', 'delay', 'id', 'idTo'] as const;

/** The machine's own queue, before anything from outside. */
const INTERNAL = '#_internal';

/** Before the id of any other instance, as an address. */
const INSTANCE = 'detent:';

/** What an event's parts come to. */
interface Sending {
  readonly name: string;
  readonly data: Json | undefined;
  readonly to: string | undefined;
  readonly delayMs: number | undefined;
}

/**
 * `{ send: { type, to, processor, data, params, delay, id, idTo } }` (SCXML 6.2). Whatever stands for a text may be an
 * expression. A member of `params` that fails is left out; if anything else does, nothing is sent.
 */
export function readSend(reading: Reading): Pick<DatamodelAction, 'bind'> {
  const { datamodel, findings, value, path } = reading;
  objectOf(reading, value, path, 'a send action', ['send']);
  const at = join(path, 'send');
  const written = objectOf(reading, own(value, 'send') ?? null, at, '"send"', KEYS) ?? {};
  if (own(written, 'type') === undefined) {
    findings.add({
      code: 'missing',
      message: '"send" needs a "type"',
      path: at,
      hint: 'the name of an event',
    });
  }
  const code = (key: (typeof KEYS)[number]) => {
    const given = own(written, key);
    return given === undefined ? undefined : `${PRELUDE}.json(${codeOf(reading, given, join(at, key))})`;
  };
  const [type, to, processor, data, delay, id] = (
    ['type', 'to', 'processor', 'data', 'delay', 'id'] as const
  ).map(code);
  const idTo = textMember(reading, written, 'idTo', at, '"send"');
  const params = objectOf(reading, own(written, 'params') ?? {}, join(at, 'params'), '"params"');
  const members = Object.entries(params ?? {}).map(([name, given]) => {
    const inner = join(join(at, 'params'), name);
    return { name, path: inner, code: `${PRELUDE}.json(${codeOf(reading, given, inner)})` };
  });
  const ask = (run: Run, script: string | undefined) =>
    script === undefined ? undefined : datamodel.value(run, script);
  return {
    bind: () => (run) => {
      const sendid = idOf(datamodel, run, ask(run, id), idTo);
      const named = sendid === undefined ? {} : { sendid };
      try {
        checkProcessor(ask(run, processor));
        const sending: Sending = {
          name: textOf(ask(run, type), 'the name of an event'),
          to: to === undefined ? undefined : textOf(ask(run, to), 'a target'),
          delayMs: delayOf(ask(run, delay)),
          data: withMembers(run, datamodel, ask(run, data), members),
        };
        dispatch(run, sending, named);
      } catch (error) {
        if (error instanceof Undone) throw error;
        throw new ActionError(error instanceof ActionError ? error.cause : error, named);
      }
    },
  };
}

function idOf(
  datamodel: Scripting,
  run: Run,
  given: Json | undefined,
  idTo: string | undefined,
): string | undefined {
  if (idTo === undefined) return given === undefined ? undefined : String(given);
  const made = `send.${run.unique()}`;
  datamodel.change(run, assignment(idTo, literal(made)));
  return made;
}

/** What carries events; others, HTTP among them, have no place here. */
function checkProcessor(processor: Json | undefined): void {
  const known = [undefined, '', 'scxml', SCXML_PROCESSOR, SCXML_PROCESSOR.replace('http:', 'https:')];
  if (known.includes(processor as string | undefined)) return;
  throw new Error(`there is no event processor ${JSON.stringify(processor)}`);
}

function textOf(value: Json | undefined, what: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new Error(`${what} is a text, not ${JSON.stringify(value)}`);
}

function delayOf(delay: Json | undefined): number | undefined {
  if (delay === undefined) return undefined;
  const duration = parseDuration(typeof delay === 'string' ? delay.trim().replace(/^\./, '0.') : delay);
  if ('problem' in duration) throw new Error(duration.problem.message);
  return duration.value;
}

function withMembers(
  run: Run,
  datamodel: Scripting,
  data: Json | undefined,
  members: readonly { readonly name: string; readonly path: string; readonly code: string }[],
): Json | undefined {
  if (members.length === 0) return data;
  const made = new Map(Object.entries((data ?? {}) as Record<string, Json>));
  for (const { name, path, code } of members) {
    try {
      const value = datamodel.value(run, code);
      if (value !== undefined) made.set(name, value);
    } catch (error) {
      run.failed(error, `the parameter "${name}"`, path);
    }
  }
  return Object.fromEntries(made);
}

/** Where it goes (SCXML C.1). */
function dispatch(run: Run, { name, data, to, delayMs }: Sending, named: { readonly sendid?: string }): void {
  if (name === '*' || isReserved(name)) throw new Error(`an event may not be called ${JSON.stringify(name)}`);
  const given = data === undefined ? {} : { data };
  if (to === INTERNAL) {
    if (delayMs !== undefined) throw new Error('what goes into the internal queue has no delay');
    run.raise({ type: name, ...named, ...given });
    return;
  }
  const own = SESSION + (run.instance ?? '');
  const key = named.sendid === undefined ? {} : { key: named.sendid };
  if (to === undefined || to === own) {
    const event: MachineEvent = {
      type: name,
      kind: 'external',
      ...given,
      ...named,
      origin: own,
      origintype: SCXML_PROCESSOR,
    };
    run.emit({ type: 'hold', ...key, delayMs: delayMs ?? 0, event: { raise: event } });
    return;
  }
  const receiver = receiverOf(to);
  if (to.startsWith(RELATIVE) && !run.knows(to)) {
    const message = `there is no session ${to}`;
    run.raise({ type: 'error.communication', ...named, error: { name: 'Communication', message } });
    return;
  }
  const sendId = named.sendid === undefined ? {} : { sendId: named.sendid };
  const signal = { type: 'send', to: receiver, name, ...given, ...sendId } as const;
  run.emit(delayMs === undefined ? signal : { type: 'hold', ...key, delayMs, event: { send: signal } });
}

/** What an address is to a machine: an instance, or what it is to this one. */
function receiverOf(to: string): string {
  if (to.startsWith(SESSION)) return to.slice(SESSION.length);
  if (to.startsWith(INSTANCE)) return to.slice(INSTANCE.length);
  if (to.startsWith(RELATIVE)) return to;
  throw new Error(
    `${JSON.stringify(to)} is no target: it is neither "#_…" nor "${INSTANCE}" and the id of an instance`,
  );
}
