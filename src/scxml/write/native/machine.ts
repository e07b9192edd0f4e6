import { isJsonArray, isJsonObject, type Json, type JsonObject, own } from '../../../core/json.js';
import { isError, type Problem } from '../../../core/problem.js';
import { delimitedExpression } from '../../../expression/template.js';
import { DIALECTS } from '../../../statechart/dialect.js';
import { link } from '../../../statechart/link.js';
import type { StateNode, Transition } from '../../../statechart/node.js';
import { Findings } from '../../../statechart/schema/findings.js';
import { readMachine } from '../../../statechart/schema/machine.js';
import { inWords } from '../../../statechart/schema/wording.js';
import { actionsOf } from './content.js';
import { block, States } from './state.js';
import { Translation, transitionsOf } from './translation.js';

/** What is about the machine as a whole, in either dialect. */
const WHOLE = ['id', 'version', 'context', 'onUnhandled', 'sensitive', 'schemas', 'events', 'types'];

/**
 * A native machine as one of W3C's dialect that does the same: delays are events that are held back, what states tell of their ends
 * has W3C's names, and guards are added where W3C's rules would take another transition. The machine itself becomes a
 * state, where it is more than a compound state with nothing to do.
 */
export function asW3c(
  source: Json,
): { readonly source: JsonObject } | { readonly problems: readonly Problem[] } {
  const findings = new Findings(true, inWords);
  if (isJsonObject(source) && own(source, 'datamodel') === 'ecmascript') {
    const hint = 'add "dialect: scxml"';
    const message = 'a machine whose expressions are JavaScript is written where its transitions are W3C’s';
    return { problems: [{ code: 'not-in-scxml', message, path: '/datamodel', hint }] };
  }
  const chart = readMachine(source, findings);
  const linked = chart && link(chart, DIALECTS.native, findings);
  const errors = findings.problems.filter(isError);
  if (chart === undefined || linked === undefined || errors.length > 0) return { problems: errors };
  const at = new Translation(source as JsonObject, chart, linked);
  const machine = machineOf(at);
  return at.problems.length > 0 ? { problems: at.problems } : { source: machine };
}

function machineOf(at: Translation): JsonObject {
  const { root } = at.linked;
  const { chart } = root;
  if (own(at.source, 'migrate') !== undefined)
    at.refuse('/migrate', 'SCXML has no words for how instances of earlier versions move over');
  const states = new States(at);
  const kept = WHOLE.flatMap((key) => {
    const value = own(at.source, key);
    return value === undefined ? [] : [[key, value] as const];
  });
  const { onStepError } = at.chart;
  const isTold = at.mayFail || own(at.source, 'onStepError') !== undefined;
  const whole = { ...Object.fromEntries(kept), dialect: 'scxml', ...(isTold ? { onStepError } : {}) };
  const ends = [...root.children.values()].filter(({ type }) => type === 'final' && root.type === 'compound');
  const inner = [...root.children.values()].filter((child) => !ends.includes(child));
  const lists = [root.on, root.always, chart.entry, chart.exit, chart.after, chart.invoke, root.histories];
  const isPlain =
    root.type === 'compound' &&
    (chart.initial?.actions ?? []).length === 0 &&
    lists.every(({ length }) => length === 0) &&
    !transitionsInto(at, root);
  if (isPlain) {
    const told = ['description', 'tags', 'meta'].flatMap((key) => {
      const value = own(at.source, key);
      return value === undefined ? [] : [[key, value] as const];
    });
    return {
      ...whole,
      ...Object.fromEntries(told),
      initial: root.initial.map((node) => `#${at.names.state(node)}`),
      states: { ...states.all(inner), ...finals(at, states, ends, []) },
    };
  }
  for (const { initial, chart: begun } of [root, ...root.histories]) {
    if (!initial.some((node) => ends.includes(node))) continue;
    at.refuse(begun.path, 'SCXML cannot begin at the end of a machine that does something besides');
  }
  const name = at.names.state(root);
  const exit = ends.length === 0 ? [] : actionsOf(at, chart.exit, { node: root, moves: true });
  const wrapped = states.whole(root, states.all(inner));
  if (exit.length === 0) {
    const end = parallelEnd(at, root, wrapped);
    const more = end === undefined ? {} : { [String(end['id'])]: end };
    return {
      ...whole,
      initial: [`#${name}`],
      states: { [name]: wrapped, ...finals(at, states, ends, []), ...more },
    };
  }
  if (transitionsInto(at, root))
    at.refuse('/exit', 'SCXML cannot tell whether the machine is left to end or to begin anew');
  const { exit: own_, ...state } = wrapped;
  const cancels = isJsonArray(own_) ? own_.slice(1) : [];
  const left = cancels.length === 0 ? state : { ...state, exit: cancels };
  return {
    ...whole,
    initial: [`#${name}`],
    states: { [name]: left, ...finals(at, states, ends, [block(exit)]) },
  };
}

/** Whether a transition leaves the machine as a whole, to enter it again. */
function transitionsInto({ linked }: Translation, root: StateNode): boolean {
  return linked.nodes.flatMap(transitionsOf).some(({ source, targets, chart }: Transition) => {
    if (targets.length === 0) return false;
    return (chart.reenter && source === root) || targets.includes(root);
  });
}

/** The ends of the machine. What the machine gives is what the state does that it ended in. */
function finals(
  at: Translation,
  states: States,
  ends: readonly StateNode[],
  exit: readonly Json[],
): JsonObject {
  const output = ends.length === 0 ? undefined : outputOf(at);
  return Object.fromEntries(ends.map((node) => [node.key, states.final(node, { exit, output })]));
}

function outputOf(at: Translation): Json | undefined {
  const output = own(at.source, 'output');
  if (output !== undefined && asksForEvent(output)) {
    const hint = 'give the output of each final state itself';
    at.refuse('/output', 'SCXML has no output of a machine that is made of its final state’s', hint);
  }
  return output;
}

function asksForEvent(value: Json): boolean {
  if (typeof value === 'string') return /\bevent\b/.test(delimitedExpression(value) ?? '');
  return (
    typeof value === 'object' && value !== null && Object.values(value).some((one: Json) => asksForEvent(one))
  );
}

/** The end of a machine that is a parallel state: a state to end in, once all regions have come to theirs. */
function parallelEnd(at: Translation, root: StateNode, wrapped: JsonObject): JsonObject | undefined {
  const done = root.type === 'parallel' ? isDone(at, root) : undefined;
  if (done === undefined) return undefined;
  const id = at.names.fresh(`${at.names.state(root)}-end`);
  const output = outputOf(at);
  const always = own(wrapped, 'always');
  const ending = { guard: done, target: [`#${id}`] };
  Object.assign(wrapped, { always: [ending, ...(isJsonArray(always) ? always : [])] });
  return { type: 'final', id, ...(output === undefined ? {} : { output }) };
}

/** What says that a state is done; undefined where it never is. */
function isDone(at: Translation, node: StateNode): Json | undefined {
  if (node.type === 'final') return { in: `#${at.names.state(node)}` };
  const children = [...node.children.values()].filter(({ type }) => type !== 'history');
  if (node.type === 'parallel') {
    const all = children.map((child) => isDone(at, child));
    return all.includes(undefined) || all.length === 0 ? undefined : { and: all as Json[] };
  }
  const finals = children.flatMap((child) => (child.type === 'final' ? (isDone(at, child) ?? []) : []));
  if (finals.length === 0) return undefined;
  return finals.length === 1 ? (finals[0] as Json) : { or: finals as Json[] };
}
