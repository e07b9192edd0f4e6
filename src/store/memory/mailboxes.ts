import { DEAD_LETTER_MS, MAX_ATTEMPTS, MAX_SUSPECTS, SUSPECT_PATIENCE_MS } from '../../core/limits.js';
import type { Message } from '../../core/message.js';
import type { Problem } from '../../core/problem.js';
import { DEAD_LETTER, gaveUp } from '../parking.js';
import type { AwaitingQuery, ClaimQuery } from '../store.js';
import { Awaited } from './awaited.js';
import { Heap, NOWHERE } from './heap.js';

/** What waits for one instance, and who holds it. */
export interface Mailbox {
  readonly instance: string;
  /** Undefined until the instance is created. */
  definition: string | undefined;
  /** In order: (dueAt, seq). */
  messages: Message[];
  /** When it is due for a worker: its next message, but not before that one arrived. */
  nextDueAt: number | undefined;
  leaseUntil: number;
  token: string | undefined;
  attempts: number;
  /** What its last worker said was wrong. */
  problem: Problem | undefined;
  parked: Problem | undefined;
  parkedAt: number | undefined;
  /** Its instance is paused. */
  paused: boolean;
  /** When it can be claimed; undefined if it cannot. Kept by `settle`. */
  wakeAt: number | undefined;
  /** Where it stands in its queue. */
  place: number;
}

/** Of a lease. */
interface Term {
  readonly token: string;
  readonly until: number;
}

/** Every mailbox, and in which order they come. */
export class Mailboxes {
  readonly #boxes = new Map<string, Mailbox>();
  /** By definition: those with no attempt behind them, and those with one. */
  readonly #clean = new Queues();
  readonly #suspect = new Queues();
  readonly #awaited = new Awaited();
  /** Those without an instance. */
  readonly #orphans = newQueue();

  awaiting(query: AwaitingQuery): readonly Message[] {
    return this.#awaited.list(query);
  }

  get(instance: string): Mailbox | undefined {
    return this.#boxes.get(instance);
  }

  all(): Iterable<Mailbox> {
    return this.#boxes.values();
  }

  /** Lets it be claimed: its instance exists now. What was given up on for the lack of one goes on. */
  adopt(instance: string, definition: string): void {
    const box = this.#open(instance);
    this.#orphans.remove(box);
    box.definition = definition;
    box.parked = undefined;
    box.parkedAt = undefined;
    this.#settle(box);
  }

  /** From now on it is claimed by those who can step another definition. */
  move(box: Mailbox, definition: string): void {
    this.#takeOut(box);
    box.definition = definition;
    this.#settle(box);
  }

  append(message: Message, now: number): void {
    const box = this.#open(message.to);
    insert(box.messages, message);
    this.#awaited.add(message);
    box.nextDueAt = Math.min(box.nextDueAt ?? Number.POSITIVE_INFINITY, Math.max(message.dueAt, now));
    this.#settle(box);
  }

  /** The first `limit` of these definitions that are due, or the suspects that are due no later (rule 8). */
  claim(query: ClaimQuery, now: number, lease: Term): Mailbox[] {
    const { definitions, limit } = query;
    const claimed: Mailbox[] = [];
    if (limit < 1) return claimed;
    const suspects = this.#firstSuspects(query, now, lease);
    if (suspects.length > 0) return suspects;
    while (claimed.length < limit) {
      const clean = this.#clean.first(definitions, now);
      if (clean === undefined) break;
      claimed.push(this.#lease(clean, lease));
    }
    return claimed;
  }

  #firstSuspects({ definitions, limit, fresh }: ClaimQuery, now: number, lease: Term): Mailbox[] {
    const claimed: Mailbox[] = [];
    const clean = this.#clean.first(definitions, now);
    while (claimed.length < Math.min(limit, MAX_SUSPECTS)) {
      const suspect = this.#suspect.first(definitions, now);
      if (suspect === undefined) break;
      if (claimed.length === 0 && suspect.attempts >= MAX_ATTEMPTS) {
        this.#park(suspect, suspect.problem ?? gaveUp(suspect.attempts), now);
        continue;
      }
      if (clean !== undefined && wake(suspect) > wake(clean)) break;
      const isAlone = suspect.attempts > 1;
      if (isAlone && (claimed.length > 0 || fresh)) break;
      claimed.push(this.#lease(suspect, lease));
      if (isAlone) break;
    }
    return claimed;
  }

  firstDue({ messages }: Mailbox, limit: number, now: number): readonly Message[] {
    const first: Message[] = [];
    for (const message of messages) {
      if (first.length >= limit || message.dueAt > now) break;
      first.push(message);
    }
    return first;
  }

  extend(box: Mailbox, leaseUntil: number): void {
    box.leaseUntil = leaseUntil;
    this.#settle(box);
  }

  /** Ends a lease. The mailbox goes behind those that are due already. */
  release(box: Mailbox, now: number, attempts: number, problem: Problem | undefined): void {
    box.attempts = attempts;
    box.problem = problem;
    this.#free(box, now);
  }

  /** Whether nobody holds it, nothing keeps it from being claimed, and nothing is due in it. */
  isIdle({ parked, paused, attempts, nextDueAt }: Mailbox, now: number): boolean {
    return parked === undefined && !paused && attempts === 0 && (nextDueAt ?? now + 1) > now;
  }

  /** Takes out messages after a commit and ends its lease. */
  consume(box: Mailbox, isConsumed: (message: Message) => boolean, now: number): void {
    box.messages = box.messages.filter((message) => {
      if (!isConsumed(message)) return true;
      this.#awaited.delete(message);
      return false;
    });
    box.nextDueAt = box.messages[0]?.dueAt;
    this.release(box, now, 0, undefined);
  }

  unpark(box: Mailbox, now: number): void {
    box.parked = undefined;
    box.parkedAt = undefined;
    this.release(box, now, 0, undefined);
  }

  /** Ends its lease. The attempt of a worker that still holds it is given back: it was stopped from outside. */
  pause(box: Mailbox, now: number): void {
    box.paused = true;
    if (box.token !== undefined && box.leaseUntil > now) box.attempts -= 1;
    box.token = undefined;
    box.leaseUntil = 0;
    this.#settle(box);
  }

  resume(box: Mailbox, now: number): void {
    box.paused = false;
    this.#free(box, now);
  }

  /** The receivers that never came, and were given up on before; oldest first. */
  letters(before: number): string[] {
    return [...this.#boxes.values()]
      .filter(({ definition, parkedAt }) => definition === undefined && (parkedAt ?? before) < before)
      .sort((a, b) => (a.parkedAt ?? 0) - (b.parkedAt ?? 0) || (a.instance < b.instance ? -1 : 1))
      .map(({ instance }) => instance);
  }

  remove(instance: string): void {
    const box = this.#boxes.get(instance);
    if (box === undefined) return;
    this.#takeOut(box);
    this.#boxes.delete(instance);
    for (const message of box.messages) this.#awaited.delete(message);
  }

  /** Parks, oldest first, those whose instance never came. */
  parkOrphans(limit: number, now: number): number {
    const late = this.#orphans.takeWhile((box) => wake(box) + DEAD_LETTER_MS <= now);
    for (const box of late.splice(limit)) this.#settle(box);
    for (const box of late) this.#park(box, DEAD_LETTER, now);
    return late.length;
  }

  nextDue(definitions: readonly string[]): number {
    const orphan = this.#orphans.peek();
    return Math.min(
      this.#clean.nextDue(definitions),
      this.#suspect.nextDue(definitions),
      orphan === undefined ? Number.POSITIVE_INFINITY : wake(orphan) + DEAD_LETTER_MS,
    );
  }

  #open(instance: string): Mailbox {
    let box = this.#boxes.get(instance);
    if (box === undefined) {
      box = {
        instance,
        definition: undefined,
        messages: [],
        nextDueAt: undefined,
        leaseUntil: 0,
        token: undefined,
        attempts: 0,
        problem: undefined,
        parked: undefined,
        parkedAt: undefined,
        paused: false,
        wakeAt: undefined,
        place: NOWHERE,
      };
      this.#boxes.set(instance, box);
    }
    return box;
  }

  #lease(box: Mailbox, { token, until }: Term): Mailbox {
    box.attempts += 1;
    box.token = token;
    box.leaseUntil = until;
    this.#settle(box);
    return box;
  }

  #park(box: Mailbox, problem: Problem, now: number): void {
    box.parked = problem;
    box.parkedAt = now;
    box.token = undefined;
    this.#settle(box);
  }

  #free(box: Mailbox, now: number): void {
    box.token = undefined;
    box.leaseUntil = 0;
    if (box.nextDueAt !== undefined) box.nextDueAt = Math.max(box.nextDueAt, now);
    this.#settle(box);
  }

  /** Puts it into the queue where it belongs after a change. */
  #settle(box: Mailbox): void {
    this.#takeOut(box);
    box.wakeAt =
      box.parked !== undefined || box.paused || box.nextDueAt === undefined
        ? undefined
        : Math.max(box.nextDueAt, takeover(box));
    if (box.wakeAt === undefined) return;
    if (box.definition === undefined) this.#orphans.place(box);
    else if (box.attempts > 0) this.#suspect.place(box);
    else this.#clean.place(box);
  }

  #takeOut(box: Mailbox): void {
    this.#clean.remove(box);
    this.#suspect.remove(box);
    this.#orphans.remove(box);
  }
}

type Queue = Heap<'place', Mailbox>;

function newQueue(): Queue {
  return new Heap('place', wakesBefore);
}

/** Mailboxes by definition, the first to wake first. */
class Queues {
  readonly #queues = new Map<string, Queue>();

  place(box: Mailbox): void {
    const definition = box.definition as string;
    let queue = this.#queues.get(definition);
    if (queue === undefined) {
      queue = newQueue();
      this.#queues.set(definition, queue);
    }
    queue.place(box);
  }

  remove(box: Mailbox): void {
    if (box.definition !== undefined) this.#queues.get(box.definition)?.remove(box);
  }

  first(definitions: readonly string[], now: number): Mailbox | undefined {
    let first: Mailbox | undefined;
    for (const definition of definitions) {
      const box = this.#queues.get(definition)?.peek();
      if (box !== undefined && wake(box) <= now && (first === undefined || wakesBefore(box, first)))
        first = box;
    }
    return first;
  }

  nextDue(definitions: readonly string[]): number {
    const first = this.first(definitions, Number.POSITIVE_INFINITY);
    return first === undefined ? Number.POSITIVE_INFINITY : wake(first);
  }
}

function wake(box: Mailbox): number {
  return box.wakeAt ?? Number.POSITIVE_INFINITY;
}

/** When one that a worker holds may be taken over if it is lost with him; 0 of one that nobody holds (rule 8). */
function takeover({ token, attempts, leaseUntil }: Mailbox): number {
  return token === undefined ? 0 : leaseUntil + (attempts - 1) * SUSPECT_PATIENCE_MS;
}

function wakesBefore(a: Mailbox, b: Mailbox): boolean {
  return wake(a) < wake(b) || (wake(a) === wake(b) && a.instance < b.instance);
}

/**
 * Puts a message behind all that are due no later. It comes in from the end, which is near for all but those
 * that many timers wait behind, and where `splice` would copy the whole list.
 */
function insert(messages: Message[], message: Message): void {
  messages.push(message);
  let at = messages.length - 1;
  for (
    let before = messages[at - 1];
    before !== undefined && before.dueAt > message.dueAt;
    before = messages[at - 1]
  ) {
    messages[at] = before;
    at -= 1;
  }
  messages[at] = message;
}
