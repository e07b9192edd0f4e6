import { type CatchClause, catchTargets, compileCatchers } from '../catch.js';
import type { Leaving } from '../data-flow.js';
import type { Fields } from '../fields.js';
import type { CompiledState, Exit, StateEvents, StateSource, Target } from '../program.js';
import { compileRetriers } from '../retry.js';

/** What a state type has to say of itself; the rest is as for most of them. */
type Own = Pick<CompiledState, 'enter'> & Partial<CompiledState>;

/** The state made of what its type has read. Closes the fields: what nobody read is unsupported. */
export function compileState(source: StateSource, own: Own): CompiledState {
  source.fields.close();
  const type = source.fields.text('Type') ?? '';
  return {
    name: source.name,
    type,
    path: source.fields.path,
    events: eventsOf(type),
    inner: [],
    fork: undefined,
    processor: undefined,
    targets: [],
    terminal: false,
    tasks: [],
    retriers: [],
    catchers: [],
    retryable: false,
    resume() {
      throw new Error(`${source.name} waits for nothing`);
    },
    ...own,
  };
}

function eventsOf(type: string): StateEvents {
  return {
    entered: `${type}StateEntered`,
    exited: `${type}StateExited`,
    started: `${type}StateStarted`,
    succeeded: `${type}StateSucceeded`,
    failed: `${type}StateFailed`,
    aborted: `${type}StateAborted`,
  };
}

export interface Transition {
  readonly next: string | undefined;
  readonly targets: readonly Target[];
  readonly terminal: boolean;
}

/** Next or End: where a state leads that leads to one place. States Language: Transitions. */
export function compileTransition(fields: Fields): Transition {
  const next = fields.text('Next');
  const end = fields.flag('End');
  if (end === false && next !== undefined) return leadingTo(next, fields);
  if (end === false) {
    fields.report({
      message: 'This object should have only one of the following fields: [Next, End]',
      path: fields.path,
      hint: 'End: false is no end; name the Next state',
    });
  } else fields.exactlyOne('Next', 'End');
  return next === undefined ? { next, targets: [], terminal: true } : leadingTo(next, fields);
}

function leadingTo(next: string, fields: Fields): Transition {
  return { next, targets: [{ to: next, path: fields.at('Next') }], terminal: false };
}

/** Retry and Catch, for the state types that have them. */
export function compileRecovery(
  source: StateSource,
  transition: Transition,
): Pick<CompiledState, 'retriers' | 'catchers' | 'targets' | 'terminal' | 'retryable'> {
  const retriers = compileRetriers(source.fields);
  const catchers: readonly CatchClause[] = compileCatchers(source);
  return {
    retriers,
    catchers,
    retryable: true,
    terminal: transition.terminal,
    targets: [...transition.targets, ...catchTargets(catchers)],
  };
}

/** The move out of a state. */
export function leaveFor(next: string | undefined, { output, assigned }: Leaving): Exit {
  return { kind: 'exit', output, next, assigned };
}
