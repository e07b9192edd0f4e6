import { answeredEffect, type Event } from '../core/event.js';
import { ignored } from '../core/fold.js';
import { given } from '../core/given.js';
import { APPLIED, type Happening } from '../core/journal.js';
import type { Json } from '../core/json.js';
import type { Failure, Step } from '../core/language.js';
import { didYouMean, type Problem } from '../core/problem.js';
import type { StatechartProgram } from './compile.js';
import { type Configuration, whereabouts } from './configuration.js';
import { historyValueOf } from './history-value.js';
import { isReserved } from './machine-event.js';
import type { Macrostep, Taken } from './macrostep.js';
import type { StateNode } from './node.js';
import { json, Numbering } from './numbering.js';
import { asJson, type LentContext, type StoredState, storedState } from './stored-state.js';

/** What a macrostep that went through leaves behind. Throws Undone where that is not JSON. */
export function applied(
  program: StatechartProgram,
  run: Macrostep,
  before: LentContext | undefined,
  numbering: Numbering,
  happened: readonly Happening[],
  taken: readonly Taken[],
): Step {
  for (const effect of run.effects) numbering.add(effect);
  if (run.done) numbering.cancelAll();
  const context = run.context === before?.lent ? before.kept : contextAfter(program, run);
  const { value } = run.configuration;
  const remembered = historyValueOf(run.configuration);
  const kept = { value, context, ...(remembered === undefined ? {} : { history: remembered }) };
  const history = [...happened, ...taken.flatMap(told), ...numbering.history];
  const pointers = taken.flatMap(({ move }) => move.transitions.map(({ chart }) => chart.path));
  const rest = { effects: numbering.effects, history, outcome: APPLIED, taken: pointers };
  if (!run.done)
    return { state: asJson({ ...kept, ...numbering.kept } as StoredState), status: 'running', ...rest };
  const output = json(run.output, 'the output');
  history.push({ type: 'InstanceSucceeded', data: { output } });
  return { state: asJson({ value, context, output }), status: 'succeeded', ...rest };
}

function contextAfter({ hasFunctions }: StatechartProgram, { context }: Macrostep): Json {
  return hasFunctions ? json(context, 'the context') : (context as Json);
}

/** Where it stands nothing changes, but for what it waits for. */
export function goesOn(stored: StoredState, numbering: Numbering, happened: readonly Happening[]): Step {
  const { pending: _, ...rest } = stored;
  return {
    state: asJson({ ...rest, ...numbering.kept }),
    status: 'running',
    effects: numbering.effects,
    history: [...happened, ...numbering.history],
    outcome: APPLIED,
  };
}

/**
 * The end of an instance that could not take a start or an answer: as it was, with nothing waited for, and with what a
 * redrive needs to go on from there.
 */
export function failed(
  { value, context, history, pending: waits, versions }: StoredState,
  event: Event,
  numbering: Numbering,
  before: readonly Happening[],
  error: Failure,
): Step {
  numbering.cancelAll();
  const answer = goodAnswer(event);
  return {
    state: asJson({
      value,
      context,
      error,
      failedAt: event.at,
      ...given({ history, waits, versions, answer }),
    }),
    status: 'failed',
    effects: numbering.effects,
    history: [...before, ...numbering.history, { type: 'InstanceFailed', data: { ...error } }],
    outcome: APPLIED,
  };
}

/** What need not be done again, since it went well. */
function goodAnswer(event: Event): StoredState['answer'] {
  const isGood =
    event.type === 'task.succeeded' || (event.type === 'child.ended' && event.status === 'succeeded');
  return isGood ? { effect: event.effect, output: event.output } : undefined;
}

/** The language's `fail`: the event that it cannot take answers nothing that would be waited for any longer. */
export function fail(_program: StatechartProgram, state: Json, event: Event, failure: Failure): Step {
  const stored = storedState(state);
  const numbering = new Numbering(stored.pending, event, true, stored.versions);
  const effect = answeredEffect(event);
  if (effect !== undefined) numbering.answered(effect);
  // The answer may be what is too large: what gave it is done again.
  const end = failed(stored, event, numbering, [], failure);
  const { answer: _, ...rest } = storedState(end.state);
  return { ...end, state: asJson(rest) };
}

export function unhandled(
  program: StatechartProgram,
  stored: StoredState,
  configuration: Configuration,
  name: string,
): Step {
  const message = `nothing takes ${JSON.stringify(name)} in "${whereabouts(configuration)}"`;
  if (program.onUnhandled === 'ignore') return ignored({ status: 'running', state: asJson(stored) }, message);
  const near = didYouMean(name, acceptedBy(configuration));
  return rejected(stored, name, { code: 'unhandled-event', message, path: '', ...near });
}

export function rejected(stored: StoredState, event: string, problem: Problem): Step {
  const { code, message } = problem;
  return {
    state: asJson(stored),
    status: 'running',
    effects: [],
    history: [{ type: 'EventRejected', data: { event, code, message } }],
    outcome: { kind: 'rejected', problem },
  };
}

function told({ event, move }: Taken): Happening[] {
  return move.transitions.map(({ source, targets }) => ({
    type: 'TransitionTaken',
    data: {
      ...(event === undefined ? {} : { event }),
      from: source.path,
      ...(targets.length === 0 ? {} : { to: pathsOf(targets) }),
    },
  }));
}

export function reasonOf({ code, message }: Problem): Failure {
  return { error: code, cause: message };
}

export function pathOf({ atoms }: Configuration): string {
  return pathsOf(atoms);
}

function pathsOf(nodes: readonly StateNode[]): string {
  return nodes.map(({ path }) => path).join(', ');
}

/** The names, and wildcards, that transitions of the active states are listening for, the innermost first. */
export function acceptedBy(configuration: Configuration): readonly string[] {
  const names = new Set<string>();
  for (const node of configuration.active.toReversed()) {
    for (const { descriptors } of node.chart.on) {
      for (const descriptor of descriptors) if (!isReserved(descriptor)) names.add(descriptor);
    }
  }
  return [...names];
}

export function numberingOf(
  program: StatechartProgram,
  stored: StoredState | undefined,
  event: Event,
): Numbering {
  const versions = event.type === 'start' ? event.versions : stored?.versions;
  const { hearsOut } = program.space.dialect;
  return new Numbering(stored?.pending, event, !program.hasFunctions, versions, hearsOut);
}
