import type { Job, JobEnd } from '../../core/job.js';
import type { NewMessage } from '../../core/message.js';
import { answerMessage } from '../job-term.js';
import type { Mailboxes } from './mailboxes.js';

/** Messages on their way into mailboxes: numbered as they come, and each accepted once. */
export class Mail {
  readonly #mailboxes: Mailboxes;
  readonly #seed: () => string;
  /** By receiver, the hashes of the message ids that were accepted for it. */
  readonly #receipts = new Map<string, Map<string, string>>();
  #count = 0;

  constructor(mailboxes: Mailboxes, seed: () => string) {
    this.#mailboxes = mailboxes;
    this.#seed = seed;
  }

  append(message: NewMessage, now: number): 'accepted' | 'duplicate' | 'conflict' {
    const { id, to, event, dueAt = now, cause = '', hops = 0, hash } = message;
    if (hash !== undefined) {
      let receipts = this.#receipts.get(to);
      if (receipts === undefined) {
        receipts = new Map();
        this.#receipts.set(to, receipts);
      }
      const known = receipts.get(id);
      if (known !== undefined) return known === hash ? 'duplicate' : 'conflict';
      receipts.set(id, hash);
    }
    this.#count += 1;
    this.#mailboxes.append({ id, to, dueAt, seq: this.#count, event, seed: this.#seed(), cause, hops }, now);
    return 'accepted';
  }

  /** Tells the instance of a job, where it has one, how that ended. */
  answer(job: Job, end: JobEnd, now: number): void {
    const message = answerMessage(job, end);
    if (message !== undefined) this.append(message, now);
  }

  /** What a receiver accepted is known no longer. */
  forget(receiver: string): void {
    this.#receipts.delete(receiver);
  }
}
