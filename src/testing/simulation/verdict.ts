import type { SpawnEffect } from '../../core/effect.js';
import { answeredEffect, type Event } from '../../core/event.js';
import { refold } from '../../core/fold.js';
import { childName, effectName } from '../../core/identifier.js';
import { hasEnded } from '../../core/instance.js';
import { eventOf, type JournalEntry } from '../../core/journal.js';
import type { Step } from '../../core/language.js';
import { beginningOf } from '../../runtime/beginning.js';
import { journalBehind } from '../../runtime/journal-pages.js';
import type { Steppable } from '../../runtime/registry.js';
import type { Store } from '../../store/store.js';
import type { Acknowledged, Promised } from './workload.js';

/** What steps each definition, by its hash. */
export type Steppables = ReadonlyMap<string, Steppable>;

export interface Verdict {
  /** What was promised and not kept, in sentences; empty if all is well. */
  readonly faults: readonly string[];
  /** How often an instance was taken over to another version, and how often one that had failed went on. */
  readonly moves: number;
  readonly redriven: number;
}

/** What became of all that was promised. Asked when nothing moves any more. */
export async function verdict(store: Store, steppables: Steppables, promised: Promised): Promise<Verdict> {
  const inquiry = new Inquiry(store, steppables);
  const instances = [...promised.instances];
  // Children are promised with the commit of their parents; the list grows while it is walked.
  for (const instance of instances) instances.push(...(await inquiry.refold(instance)));
  // Their poison is in no journal.
  for (const instance of promised.poisoned) await inquiry.refold(instance);
  inquiry.checkAcknowledged(promised.acknowledged);
  inquiry.checkSends();
  await inquiry.checkNothingLeft(instances);
  inquiry.checkMoves(promised.moves);
  await inquiry.checkEnded(promised);
  const { moves, redriven } = inquiry;
  return { faults: [...inquiry.faults, ...promised.broken], moves, redriven };
}

interface Sent {
  readonly from: string;
  readonly to: string;
  readonly id: string;
}

class Inquiry {
  readonly faults: string[] = [];
  moves = 0;
  redriven = 0;
  readonly #store: Store;
  readonly #steppables: Steppables;
  /** Event ids in the order of each instance's journal. */
  readonly #journaled = new Map<string, string[]>();
  readonly #sent: Sent[] = [];
  /** How often each instance was taken over to another version. */
  readonly #moved = new Map<string, number>();
  /** Those that were let go on after a failure, and not stopped since. */
  readonly #redriven = new Set<string>();

  constructor(store: Store, steppables: Steppables) {
    this.#store = store;
    this.#steppables = steppables;
  }

  /** Folds the journal from nothing and compares what comes out with what is stored; answers the children. */
  async refold(instance: string): Promise<readonly string[]> {
    const stored = (await this.#store.read(instance))?.instance;
    if (stored === undefined) {
      this.#complain(`${instance} was acknowledged and does not exist`);
      return [];
    }
    const children: string[] = [];
    const beginning = await beginningOf(this.#store, instance);
    const entries = await this.#journalOf(instance, beginning.revision);
    let { standing } = beginning;
    const answers = new Expected();
    let by = this.#beginner(entries, stored.definition);
    let at = 0;
    for (const [index, entry] of entries.entries()) {
      const revision = beginning.revision + index + 1;
      if (entry.revision !== revision)
        this.#complain(`${instance}: revision ${entry.revision} at ${revision}`);
      if (entry.at < at) this.#complain(`${instance}: time went backwards at revision ${entry.revision}`);
      at = entry.at;
      const event = eventOf(entry);
      const from = by;
      if (event.type === 'migrate') {
        by = this.#stepping(event.to.definition);
        this.moves += 1;
        this.#moved.set(instance, (this.#moved.get(instance) ?? 0) + 1);
        if (event.from.definition !== from.definition.hash)
          this.#complain(`${instance}: taken over from ${event.from.definition} at revision ${revision}`);
      }
      const step = refold(by.language, by.program, standing, entry, from.definition);
      if (JSON.stringify(step.outcome) !== JSON.stringify(entry.outcome)) {
        this.#complain(`${instance}: revision ${entry.revision} folds to another outcome`);
      }
      // What was asked for before a snapshot is not known, nor then what is an answer to it.
      if (beginning.revision === 0)
        answers.see(event, step, (complaint) => this.#complain(`${instance}: ${complaint}`));
      for (const effect of step.effects) {
        if (effect.type === 'send')
          this.#sent.push({ from: instance, to: effect.to, id: effectName(instance, effect.id) });
        if (effect.type === 'spawn') children.push(nameOf(instance, effect));
      }
      if (event.type === 'redrive' && step.outcome.kind === 'applied') {
        this.redriven += 1;
        this.#redriven.add(instance);
      }
      if (event.type === 'stop') this.#redriven.delete(instance);
      standing = step;
    }
    if (by.definition.hash !== stored.definition)
      this.#complain(
        `${instance} is of ${stored.definition}, and its journal ends with ${by.definition.hash}`,
      );
    if (JSON.stringify(standing.state) !== stored.state)
      this.#complain(`${instance}: the journal folds to another state`);
    if (standing.status !== stored.status) this.#complain(`${instance}: the journal folds to another status`);
    const last = beginning.revision + entries.length;
    if (last !== stored.revision)
      this.#complain(`${instance}: the journal ends at ${last}, revision ${stored.revision}`);
    // What it still waited for when it ended is answered to nobody.
    for (const effect of hasEnded(standing.status) ? [] : answers.unanswered)
      this.#complain(`${instance}: effect ${effect} was never answered`);
    this.#journaled.set(
      instance,
      entries.map((entry) => entry.eventId),
    );
    return children;
  }

  /** What it began with: a migration tells; without one it is what it has. */
  #beginner(entries: readonly JournalEntry[], last: string): Steppable {
    for (const entry of entries) {
      const event = eventOf(entry);
      if (event.type === 'migrate') return this.#stepping(event.from.definition);
    }
    return this.#stepping(last);
  }

  #stepping(hash: string): Steppable {
    const steppable = this.#steppables.get(hash);
    if (steppable === undefined) throw new Error(`there is no definition ${hash}`);
    return steppable;
  }

  async #journalOf(instance: string, revision: number): Promise<JournalEntry[]> {
    const entries: JournalEntry[] = [];
    for await (const entry of journalBehind(this.#store, instance, revision)) entries.push(entry);
    return entries;
  }

  /** Every acknowledged event once, and each client's in the order in which it sent them. */
  checkAcknowledged(acknowledged: readonly Acknowledged[]): void {
    const last = new Map<string, number>();
    for (const { client, instance, event } of acknowledged) {
      const place = this.#place(instance, event);
      const line = `${client} to ${instance}`;
      if (place < (last.get(line) ?? -1))
        this.#complain(`${instance}: ${event} overtook an earlier event of ${client}`);
      last.set(line, place);
    }
  }

  /** Every message between instances once, and those of one sender to one receiver in order. */
  checkSends(): void {
    const last = new Map<string, number>();
    for (const { from, to, id } of this.#sent) {
      const place = this.#place(to, id);
      const line = `${from} to ${to}`;
      if (place < (last.get(line) ?? -1))
        this.#complain(`${to}: ${id} overtook an earlier message of ${from}`);
      last.set(line, place);
    }
  }

  #place(instance: string, event: string): number {
    const journaled = this.#journaled.get(instance) ?? [];
    const times = journaled.filter((id) => id === event).length;
    if (times !== 1) this.#complain(`${instance}: ${event} is in the journal ${times} times`);
    return journaled.indexOf(event);
  }

  /** What was said to have been taken over, was. */
  checkMoves(moves: ReadonlyMap<string, number>): void {
    for (const [instance, said] of moves) {
      const done = this.#moved.get(instance) ?? 0;
      if (done < said) this.#complain(`${instance} was taken over ${said} times, its journal says ${done}`);
    }
  }

  async checkEnded({ stopped, poisoned }: Promised): Promise<void> {
    for (const instance of stopped) {
      const status = (await this.#store.read(instance))?.instance.status;
      if (status === 'running' && !this.#redriven.has(instance))
        this.#complain(`${instance} was stopped and is running`);
    }
    for (const instance of poisoned) {
      const reading = await this.#store.read(instance);
      const events = (await this.#journalOf(instance, 0)).map((entry) => eventOf(entry).type);
      if (events.filter((type) => type !== 'migrate').join() !== 'start')
        this.#complain(`${instance} got past its poison, or never to it`);
      const problem = reading?.parked?.code;
      if (problem !== 'step-failed') this.#complain(`${instance} is parked for ${problem}`);
    }
  }

  async checkNothingLeft(instances: readonly string[]): Promise<void> {
    for (const instance of instances) {
      const left = await this.#store.messages(instance);
      for (const message of left) this.#complain(`${instance}: ${message.id} was left in the mailbox`);
      if ((await this.#store.read(instance))?.parked) this.#complain(`${instance} was parked`);
    }
    for (const status of ['pending', 'processing'] as const) {
      for (const job of (await this.#store.jobs({ status, limit: 100 })).items)
        this.#complain(`job ${job.id} is ${status}`);
    }
  }

  #complain(fault: string): void {
    this.faults.push(fault);
  }
}

/** The answers that an instance's effects must get: each asking one exactly once, no timer early. */
class Expected {
  readonly #open = new Map<string, number>();

  see(event: Event, step: Step, complain: (what: string) => void): void {
    // The children of a group all answer the same effect.
    const answered = event.type === 'child.ended' ? event.child : answeredEffect(event);
    if (answered !== undefined && step.outcome.kind === 'applied') {
      const due = this.#open.get(answered);
      if (due === undefined) complain(`${answered} was answered twice`);
      else if (event.at < due) complain(`timer ${answered} fired early`);
      this.#open.delete(answered);
    }
    for (const effect of step.effects) {
      if (effect.type === 'timer') this.#open.set(effect.id, effect.dueAt);
      if (effect.type === 'task' && effect.ask) this.#open.set(effect.id, 0);
      if (effect.type === 'gather') this.#open.set(effect.id, 0);
      if (effect.type === 'spawn') this.#open.set(nameOf(event.instance, effect), 0);
      if (effect.type !== 'cancel') continue;
      const { target, kind, indexes = [0] } = effect;
      const given =
        kind === 'child' ? indexes.map((index) => childName(event.instance, target, index)) : [target];
      for (const effect of given) this.#open.delete(effect);
    }
  }

  get unanswered(): Iterable<string> {
    return this.#open.keys();
  }
}

function nameOf(parent: string, { id, group = id, index = 0 }: SpawnEffect): string {
  return childName(parent, group, index);
}
