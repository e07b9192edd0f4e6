import { SELF } from '../../statechart/machine-effect.js';
import type { StateNode } from '../../statechart/node.js';
import type { ChartAction, ChartSend } from '../../statechart/schema/chart.js';
import { Listening } from '../listening.js';
import { nameOf } from '../raised.js';
import type { Survey } from '../survey.js';

/** Events that a machine raises, or sends to itself, and that none of its transitions takes. */
export function warnOfUnhandledEvents(survey: Survey): void {
  const listening = new Listening(survey.program);
  for (const node of survey.program.nodes) {
    if (!survey.reachable.has(node)) continue;
    for (const action of actionsOf(node)) {
      const name = ownEvent(action);
      if (name === undefined || listening.takes(name)) continue;
      const verb = action.kind === 'raise' ? 'raised' : 'sent to itself';
      const message = `the event "${name}" is ${verb}, and no transition takes it${survey.wayTo(node)}`;
      survey.warn('unhandled-event', action.path, message);
    }
  }
}

/** The name of the event that an action makes for the machine itself. */
export function ownEvent(action: ChartAction): string | undefined {
  const isOwn = action.kind === 'raise' || (action.kind === 'send' && isToItself(action));
  return isOwn ? nameOf(action.event) : undefined;
}

function isToItself({ to }: ChartSend): boolean {
  return to === undefined || (to.kind === 'constant' && to.value === SELF);
}

/** Everything that a state does, and its transitions. */
export function* actionsOf({ chart, on, always }: StateNode): Iterable<ChartAction> {
  yield* flattened(chart.entry);
  yield* flattened(chart.exit);
  yield* flattened(chart.initial?.actions ?? []);
  for (const { transition } of on) yield* flattened(transition.chart.actions);
  for (const transition of always) yield* flattened(transition.chart.actions);
}

function* flattened(actions: readonly ChartAction[]): Iterable<ChartAction> {
  for (const action of actions) {
    yield action;
    if (action.kind === 'datamodel') yield* flattened(action.inner);
    if (action.kind !== 'choose') continue;
    for (const { actions: inner } of action.branches) yield* flattened(inner);
  }
}
