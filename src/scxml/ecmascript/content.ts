import { isJsonObject, type JsonObject, own } from '../../core/json.js';
import { delimitedExpression } from '../../expression/template.js';
import { ActionError } from '../../statechart/action-error.js';
import { MAX_ACTION_DEPTH } from '../../statechart/limits.js';
import { INIT } from '../../statechart/machine-event.js';
import type { Run } from '../../statechart/run.js';
import { readActions } from '../../statechart/schema/action.js';
import type { ChartAction, DatamodelAction } from '../../statechart/schema/chart.js';
import { type Findings, join, type ReadAction } from '../../statechart/schema/findings.js';
import { Undone } from '../../statechart/undone.js';
import { assignment, codeOf, objectOf, type Reading, textMember } from './action-reading.js';
import { PRELUDE } from './prelude.js';
import { ScriptFailure, type Scripting } from './scripting.js';
import { readSend } from './send.js';
import { literal } from './session.js';

/** What can be a variable's name. */
const VARIABLE = /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u;

/** Actions on the data of a machine whose expressions are JavaScript (SCXML 4 and 5). */
export function contentActions(datamodel: Scripting): Readonly<Record<string, ReadAction>> {
  const by =
    (
      read: (reading: Reading) => Pick<DatamodelAction, 'bind'> & { inner?: readonly ChartAction[] },
      name: string,
    ) =>
    (findings: Findings, value: JsonObject, path: string): DatamodelAction => {
      const action = read({ datamodel, findings, value, path });
      const { inner = [] } = action;
      return { kind: 'datamodel', path, name, inner, bind: (ops) => told(name, action.bind(ops)) };
    };
  return {
    data: by(readData, 'data'),
    script: by(readScript, 'script'),
    assign: by(readAssign, 'assign'),
    foreach: by(readForeach, 'foreach'),
    log: by(readLog, 'log'),
    send: by(readSend, 'send'),
  };
}

type Bound = Pick<DatamodelAction, 'bind'> & { readonly inner?: readonly ChartAction[] };

/** The event that tells of a script's failure says which element it was in, and where (as SCION does). */
function told(tagname: string, perform: (run: Run) => void): (run: Run) => void {
  return (run) => {
    try {
      perform(run);
    } catch (error) {
      if (error instanceof Undone) throw error;
      const known = error instanceof ActionError ? error : new ActionError(error, {});
      if (Object.hasOwn(known.told, 'data') || !(known.cause instanceof ScriptFailure)) throw error;
      const { line, column, message } = known.cause;
      throw new ActionError(known.cause, { ...known.told, data: { tagname, line, column, reason: message } });
    }
  };
}

/**
 * `{ data: { x: … } }`: variables as the machine, or a state, begins with them; of the machine, what was given with its
 * input goes before, unless `input` is false. `late` for those of a state that is entered for the first time.
 */
function readData(reading: Reading): Bound {
  const { datamodel, findings, value, path } = reading;
  objectOf(reading, value, path, 'a data action', ['data', 'input', 'late']);
  const [late, input] = [own(value, 'late') === true, own(value, 'input') !== false];
  const at = join(path, 'data');
  const fields = objectOf(reading, own(value, 'data') ?? null, at, '"data"') ?? {};
  const made = Object.entries(fields).map(([name, given]) => {
    const inner = join(at, name);
    if (!VARIABLE.test(name)) {
      const message = `${JSON.stringify(name)} cannot be the name of a variable`;
      findings.add({ code: 'invalid-name', message, path: inner });
    }
    const script = `${PRELUDE}.set(${literal(name)}, ${codeOf(reading, given, inner)})`;
    datamodel.declare(name);
    if (isOfMachine(path)) datamodel.establish(script, true);
    return { name, script, path: inner };
  });
  return {
    bind: () => (run) => {
      for (const { name, script, path: inner } of made) {
        const once = literal(name);
        if (late && datamodel.value(run, `String((globalThis._entered ?? []).includes(${once}))`) === true)
          continue;
        const scripts = [given(run, input, name) ?? script, `${PRELUDE}.establish(true)`];
        if (late) scripts.push(`(globalThis._entered ??= []).push(${once})`);
        try {
          told('data', () => datamodel.change(run, ...scripts))(run);
        } catch (error) {
          run.failed(error, `the data "${name}"`, inner);
        }
      }
    },
  };
}

function given({ event }: Run, isAsked: boolean, name: string): string | undefined {
  if (!isAsked || event.type !== INIT || !isJsonObject(event['input'])) return undefined;
  const value = own(event['input'], name);
  return value === undefined
    ? undefined
    : `${PRELUDE}.set(${literal(name)}, ${PRELUDE}.revive(${literal(literal(value))}))`;
}

function isOfMachine(path: string): boolean {
  return /^\/entry(\/\d+)?$/.test(path);
}

/** `{ script: text }`. The functions of a machine's own scripts are there for good, those of others for the step. */
function readScript(reading: Reading): Bound {
  const { datamodel, findings, value, path } = reading;
  objectOf(reading, value, path, 'a script action', ['script']);
  const text = textMember(reading, value, 'script', path, 'a script action') ?? '';
  const problem = datamodel.problem(text, 'script', join(path, 'script'));
  if (problem !== undefined) findings.add(problem);
  const isForGood = isOfMachine(path);
  if (isForGood) datamodel.establish(text, false);
  return { bind: () => (run) => datamodel.change(run, text, `${PRELUDE}.establish(${isForGood})`) };
}

/** `{ assign: { location: … } }`: a variable, or a place in one, which has to be there. */
function readAssign(reading: Reading): Bound {
  const { datamodel, value, path } = reading;
  objectOf(reading, value, path, 'an assign action', ['assign']);
  const at = join(path, 'assign');
  const fields = objectOf(reading, own(value, 'assign') ?? null, at, '"assign"') ?? {};
  const scripts = Object.entries(fields).map(([location, given]) => {
    return assignment(location, codeOf(reading, given, join(at, location)));
  });
  return { bind: () => (run) => datamodel.change(run, ...scripts) };
}

/** `{ foreach: { array, item, index, actions } }`, over a copy of the list (SCXML 4.6). */
function readForeach(reading: Reading): Bound {
  const { datamodel, findings, value, path } = reading;
  objectOf(reading, value, path, 'a foreach action', ['foreach']);
  const at = join(path, 'foreach');
  const keys = ['array', 'item', 'index', 'actions'];
  const written = objectOf(reading, own(value, 'foreach') ?? null, at, '"foreach"', keys) ?? {};
  const array = codeOf(reading, own(written, 'array') ?? null, join(at, 'array'));
  const item = textMember(reading, written, 'item', at, '"foreach"') ?? '';
  const index = textMember(reading, written, 'index', at, '"foreach"');
  for (const name of [item, index]) {
    if (name === undefined || VARIABLE.test(name)) continue;
    const message = `${JSON.stringify(name)} cannot be the name of a variable`;
    findings.add({ code: 'invalid-name', message, path: at, severity: 'warning' });
  }
  const readInner = () => readActions(findings, own(written, 'actions') ?? [], join(at, 'actions'));
  const inner = findings.within('action', MAX_ACTION_DEPTH, at, readInner) ?? [];
  return {
    inner,
    bind: (bind) => {
      const ops = bind(inner);
      return (run) => {
        const count = Number(datamodel.value(run, `${PRELUDE}.each(${array})`));
        try {
          for (let n = 0; n < count; n++) {
            datamodel.change(run, ...stepped(item, `${PRELUDE}.item(${n})`), ...stepped(index, `${n}`));
            for (const op of ops) op.perform(run);
          }
        } finally {
          datamodel.value(run, `${PRELUDE}.over()`);
        }
      };
    },
  };
}

function stepped(name: string | undefined, code: string): string[] {
  if (name === undefined) return [];
  if (!VARIABLE.test(name)) throw new Error(`${JSON.stringify(name)} cannot be the name of a variable`);
  return [`${PRELUDE}.declare([${literal(name)}])`, assignment(name, code)];
}

/** `{ log: value }` or `{ log: { label, value } }`. */
function readLog(reading: Reading): Bound {
  const { datamodel, value, path } = reading;
  objectOf(reading, value, path, 'a log action', ['log']);
  const log = own(value, 'log') ?? null;
  const at = join(path, 'log');
  const isWhole = isJsonObject(log) && delimitedExpression(String(log)) === undefined;
  if (isWhole) objectOf(reading, log, at, '"log"', ['label', 'value']);
  const label = isWhole ? textMember(reading, log, 'label', at, '"log"') : undefined;
  const told = isWhole ? own(log, 'value') : log;
  const code = told === undefined ? undefined : codeOf(reading, told, isWhole ? join(at, 'value') : at);
  return {
    bind: () => (run) => {
      const found = code === undefined ? undefined : datamodel.value(run, `${PRELUDE}.json(${code})`);
      const named = label === undefined ? {} : { label };
      run.emit({ type: 'log', ...named, ...(found === undefined ? {} : { value: found }) });
    },
  };
}
