import type { Receipt, SendOptions, SentEvent } from '../core/engine.js';
import type { EventBody } from '../core/event.js';
import type { Json } from '../core/json.js';
import type { NewMessage } from '../core/message.js';
import { isError, Refused } from '../core/problem.js';
import type { Store } from '../store/store.js';
import type { Clock } from './clock.js';
import { fateOf } from './fate.js';
import { bodyHash } from './hash.js';
import { newId } from './identifier.js';
import { sendStop } from './pausing.js';
import type { Registry } from './registry.js';
import { checkedPayload, checkedWait, refuseId, refuseName } from './request.js';

/** Makes an instance of a machine, unless there is one of that id. */
export type Creator = (machine: string, id: string) => Promise<unknown>;

/** Messages from outside on their way into mailboxes: an Engine's part of them. */
export class Delivery {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #clock: Clock;
  readonly #create: Creator;

  constructor(store: Store, registry: Registry, clock: Clock, create: Creator) {
    this.#registry = registry;
    this.#store = store;
    this.#clock = clock;
    this.#create = create;
  }

  async send(instance: string, event: SentEvent, options: SendOptions): Promise<Receipt> {
    if (event.id !== undefined) refuseId('event id', event.id);
    refuseName(event.type);
    const data = event.data === undefined ? {} : { data: checkedPayload(event.data, 'the event data') };
    await this.#check(instance, event.type, data.data);
    const body: EventBody = { type: 'signal', name: event.type, ...data };
    // Only an id that the sender chose can come again, so only that needs a claim.
    const hash = event.id === undefined ? {} : { hash: bodyHash({ name: event.type, ...data }) };
    return this.#deliver({ ...message(event.id ?? ownEventId(), instance, body), ...hash }, options);
  }

  /** Before it is acknowledged, where this process knows of a machine that says what events look like. */
  async #check(instance: string, name: string, data: Json | undefined): Promise<void> {
    if (!this.#registry.checksEvents) return;
    const reading = await this.#store.read(instance);
    const steppable = reading && this.#registry.steppable(reading.instance.definition);
    const problems = steppable?.language.checkEvent?.(steppable.program, name, data).filter(isError) ?? [];
    if (problems.length > 0) throw new Refused(problems);
  }

  async stop(instance: string, reason: { error?: string; cause?: string }): Promise<Receipt> {
    const stop = message(ownEventId(), instance, { type: 'stop', ...reason });
    if ((await sendStop(this.#store, stop)) === 'unknown') throw unknownInstance(instance);
    return { instance, id: stop.id, duplicate: false };
  }

  async #deliver(mail: NewMessage, options: SendOptions): Promise<Receipt> {
    const asked = options.wait === undefined ? undefined : checkedWait(options.wait);
    let [result] = await this.#store.send([mail]);
    if (result === 'unknown' && options.create !== undefined) {
      // Whoever was quicker, and with what input: there is one now.
      await this.#create(options.create, mail.to);
      [result] = await this.#store.send([mail]);
    }
    if (result === 'unknown') throw unknownInstance(mail.to);
    if (result === 'conflict') {
      const text = `event "${mail.id}" was sent to "${mail.to}" before, with another body`;
      throw new Refused({ code: 'conflict', message: text, path: '' });
    }
    const duplicate = result === 'duplicate';
    const receipt = { instance: mail.to, id: mail.id, duplicate };
    const waitMs = asked ?? (duplicate ? 0 : undefined);
    if (waitMs === undefined) return receipt;
    const applied = await fateOf(this.#store, this.#clock, mail, waitMs);
    return applied === undefined ? receipt : { ...receipt, applied };
  }
}

export function message(id: string, to: string, body: EventBody): NewMessage {
  return { id, to, event: JSON.stringify(body) };
}

/** An id for an event that its sender did not name: with a slash, so that nobody can choose it later. */
export function ownEventId(): string {
  return `/${newId()}`;
}

export function unknownInstance(instance: string): Refused {
  return new Refused({ code: 'unknown-instance', message: `there is no instance "${instance}"`, path: '' });
}
