import { delimitedExpression } from '../expression/template.js';
import type { ChartAction, ChartEvent, ChartGuard, Template } from './schema/chart.js';

/**
 * A guard in a few words, for people.
 *
 * @example
 * guardWords({ kind: 'not', path: '', guard: { kind: 'named', path: '', name: 'paid', params: undefined } }); // => 'not paid'
 */
export function guardWords(guard: ChartGuard): string {
  switch (guard.kind) {
    case 'and':
    case 'or':
      return `(${guard.guards.map(guardWords).join(` ${guard.kind} `)})`;
    case 'not':
      return `not ${guardWords(guard.guard)}`;
    case 'in':
      return `in ${guard.target.text}`;
    case 'named':
      return nameWords(guard.name);
    default:
      return delimitedExpression(guard.text) ?? guard.text;
  }
}

/** What an action does, in a few words. */
export function actionWords(action: ChartAction): string {
  switch (action.kind) {
    case 'assign':
      return `assign ${'kind' in action.fields ? FUNCTION : action.fields.map(([field]) => field).join(', ')}`;
    case 'raise':
    case 'emit':
      return `${action.kind} ${eventWords(action.event)}`;
    case 'send':
      return `send ${eventWords(action.event)}${action.to === undefined ? '' : ` to ${templateWords(action.to)}`}`;
    case 'cancel':
      return `cancel ${templateWords(action.id)}`;
    case 'log':
      return action.label === undefined ? 'log' : `log ${action.label}`;
    case 'choose':
      return `choose ${action.branches.map(branchWords).join(', else ')}`;
    case 'datamodel':
      return [action.name, ...action.inner.map(actionWords)].join(' ');
    case 'named':
      return nameWords(action.name);
  }
}

function branchWords({
  guard,
  actions,
}: {
  guard: ChartGuard | undefined;
  actions: readonly ChartAction[];
}): string {
  const done = actions.map(actionWords).join(', ');
  return guard === undefined ? done : `[${guardWords(guard)}] ${done}`;
}

function eventWords(event: ChartEvent): string {
  if ('type' in event) return event.type;
  const { whole } = event;
  const type =
    whole.kind === 'constant' ? (whole.value as { readonly type?: unknown } | null)?.type : undefined;
  return typeof type === 'string' ? type : templateWords(whole);
}

function templateWords(template: Template): string {
  switch (template.kind) {
    case 'function':
      return FUNCTION;
    case 'constant':
      return typeof template.value === 'string' ? template.value : JSON.stringify(template.value);
    default:
      return '…';
  }
}

/** What stands for a function that was written in the machine itself. */
const FUNCTION = 'ƒ';

/** Such a function has its place for a name: `order:#idle.entry.0`. */
function nameWords(name: string): string {
  return name.includes(':#') ? FUNCTION : name;
}
