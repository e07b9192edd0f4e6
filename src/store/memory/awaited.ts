import { AWAITED_PREFIX, awaitedNames } from '../../core/correlation.js';
import type { Message } from '../../core/message.js';
import type { AwaitingQuery } from '../store.js';

/** The timers that can be found by what they wait for. */
export class Awaited {
  readonly #bySubject = new Map<string, Map<string, Message>>();

  add(message: Message): void {
    const names = namesOf(message);
    if (names === undefined) return;
    const found = this.#bySubject.get(names);
    if (found === undefined) this.#bySubject.set(names, new Map([[message.id, message]]));
    else found.set(message.id, message);
  }

  delete(message: Message): void {
    const names = namesOf(message);
    const found = names === undefined ? undefined : this.#bySubject.get(names);
    if (names === undefined || found === undefined) return;
    found.delete(message.id);
    if (found.size === 0) this.#bySubject.delete(names);
  }

  list({ subject, limit, after = '' }: AwaitingQuery): readonly Message[] {
    const found = [...(this.#bySubject.get(awaitedNames(subject))?.values() ?? [])];
    return found
      .filter(({ id }) => id > after)
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
  }
}

/** What its name begins with, up to the slash behind its subject; undefined of most messages. */
function namesOf({ id }: Message): string | undefined {
  return id.startsWith(AWAITED_PREFIX) ? id.slice(0, id.indexOf('/', AWAITED_PREFIX.length) + 1) : undefined;
}
