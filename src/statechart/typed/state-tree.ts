import type { StateValue } from '../configuration.js';

/** The states of a machine by their keys, each with its own; as much of a definition as snapshots need. */
export interface AnyStates {
  readonly [key: string]: AnyStates;
}

/** The states of a definition: `{ red: {}, green: { walk: {}, wait: {} } }`. */
export type StatesOf<TDefinition> = unknown extends TDefinition
  ? AnyStates
  : TDefinition extends { readonly states: infer S }
    ? string extends keyof S
      ? AnyStates
      : { [K in keyof S]: StatesOf<S[K]> }
    : 'states' extends keyof TDefinition
      ? AnyStates
      : // biome-ignore lint/complexity/noBannedTypes: a state without states
        {};

/** The keys of states, as texts. */
export type KeyOf<TStates> = `${keyof TStates & (string | number)}`;

/** Every path from the root: `red`, `green`, `green.walk`. */
export type PathOf<TStates> = string extends keyof TStates
  ? string
  : {
      [K in keyof TStates & (string | number)]: `${K}` | `${K}.${PathOf<TStates[K]>}`;
    }[keyof TStates & (string | number)];

/** A state value, or a part of one: the key of a child, or the children that are active, each with its own value. */
export type StateValueOf<TStates> = string extends keyof TStates
  ? StateValue
  : [keyof TStates] extends [never]
    ? Readonly<Record<string, never>>
    :
        | KeyOf<TStates>
        | { [K in keyof TStates]: { readonly [P in K]: StateValueOf<TStates[P]> } }[keyof TStates];
