/** JSONata over `{ context, event }`. */
export type Expression = `{%${string}`;

/** Any text, of which the compiler nonetheless keeps the literals, so that they can be looked at one by one. */
export type Text = Expression | (string & {});

/** What functions of a machine are given. */
export interface ScopeOf<TContext, TEvent> {
  readonly context: TContext;
  readonly event: TEvent;
}

/** An array, as a type that lets the compiler name the member of an object that is wrong where either may stand. */
export interface List<T> {
  readonly [index: number]: T;
  readonly length: number;
}
