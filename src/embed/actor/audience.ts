import type { EventObject } from '../../statechart/config.js';

/** Told of each snapshot, of the end, and of an error that nothing took. */
export interface Observer<T> {
  readonly next?: (snapshot: T) => void;
  readonly error?: (error: unknown) => void;
  readonly complete?: () => void;
}

export interface Subscription {
  readonly unsubscribe: () => void;
}

/** Those who watch an actor: its snapshots, and what it emits. */
export class Audience<TSnapshot, TEmitted extends EventObject> {
  readonly #observers = new Set<Observer<TSnapshot>>();
  readonly #listeners = new Map<string, Set<(event: TEmitted) => void>>();

  /** Whether anybody wants to hear of errors. */
  get hearsErrors(): boolean {
    return [...this.#observers].some(({ error }) => error !== undefined);
  }

  subscribe(observer: Observer<TSnapshot>): Subscription {
    this.#observers.add(observer);
    return { unsubscribe: () => this.#observers.delete(observer) };
  }

  /** Of one type of events, or, of `*`, of all. */
  on(type: string, listener: (event: TEmitted) => void): Subscription {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners);
    listeners.add(listener);
    return { unsubscribe: () => listeners.delete(listener) };
  }

  next(snapshot: TSnapshot): void {
    for (const { next } of [...this.#observers]) next?.(snapshot);
  }

  emit(event: TEmitted): void {
    for (const type of [event.type, '*']) {
      for (const listener of [...(this.#listeners.get(type) ?? [])]) listener(event);
    }
  }

  /** Tells the observers of the end, after which they hear nothing more. */
  end(tell: (observer: Observer<TSnapshot>) => void): void {
    const observers = [...this.#observers];
    this.#observers.clear();
    for (const observer of observers) tell(observer);
  }
}
