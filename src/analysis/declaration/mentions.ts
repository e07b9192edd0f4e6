import { isReserved } from '../../statechart/machine-event.js';
import type {
  Chart,
  ChartAction,
  ChartEvent,
  ChartState,
  ChartTransition,
  Template,
} from '../../statechart/schema/chart.js';
import { type Member, objectType, quoted } from './type-text.js';
import { valueType } from './value-type.js';

/** What a machine speaks of, besides its states. */
export interface Mentions {
  /** What transitions take: names, `name.*` and `*`. */
  readonly descriptors: ReadonlySet<string>;
  readonly tags: ReadonlySet<string>;
  /** Types of what it emits; undefined among them for what is only known when it runs. */
  readonly emitted: ReadonlySet<string | undefined>;
  /** Fields of the context that are set somewhere. */
  readonly assigned: ReadonlySet<string>;
}

/** Looks through a whole machine, in document order. */
export function mentionsOf({ root }: Chart): Mentions {
  const found = {
    descriptors: new Set<string>(),
    tags: new Set<string>(),
    emitted: new Set<string | undefined>(),
    assigned: new Set<string>(),
  };
  const act = (actions: readonly ChartAction[]): void => {
    for (const action of actions) {
      if (action.kind === 'emit') found.emitted.add(emittedType(action.event));
      else if (action.kind === 'choose') for (const branch of action.branches) act(branch.actions);
      else if (action.kind === 'datamodel') act(action.inner);
      else if (action.kind === 'assign' && !('kind' in action.fields)) {
        for (const [field] of action.fields) found.assigned.add(field);
      }
    }
  };
  const take = (transitions: readonly ChartTransition[]): void => {
    for (const { actions } of transitions) act(actions);
  };
  const visit = (state: ChartState): void => {
    for (const tag of state.tags) found.tags.add(tag);
    for (const { descriptors, transitions } of state.on) {
      for (const descriptor of descriptors) if (!isReserved(descriptor)) found.descriptors.add(descriptor);
      take(transitions);
    }
    for (const { transitions } of state.after) take(transitions);
    for (const { onDone, onError } of state.invoke) take([...onDone, ...onError]);
    take([...state.always, ...state.onDone]);
    act([...state.entry, ...state.exit, ...(state.initial?.actions ?? [])]);
    for (const child of state.states) visit(child);
  };
  visit(root);
  return found;
}

function emittedType(event: ChartEvent): string | undefined {
  if ('whole' in event) {
    const { whole } = event;
    if (whole.kind !== 'constant' || typeof whole.value !== 'object' || whole.value === null)
      return undefined;
    const members = Object.entries(whole.value).map(
      ([key, value]): Member => [
        key,
        key === 'type' && typeof value === 'string' ? quoted(value) : valueType(value),
      ],
    );
    return objectType(members);
  }
  const data: readonly Member[] = event.data === undefined ? [] : [['data', templateType(event.data)]];
  return objectType([['type', quoted(event.type)], ...data]);
}

function templateType(template: Template): string {
  return template.kind === 'constant' ? valueType(template.value) : 'unknown';
}
