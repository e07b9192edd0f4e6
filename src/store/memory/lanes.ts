import type { Job } from '../../core/job.js';
import { Heap } from './heap.js';
import type { JobRow } from './job-row.js';

/** Jobs that wait in the same place for the same handler. */
interface Lane {
  readonly queue: string;
  readonly name: string;
  readonly heap: Heap<'place', JobRow>;
}

/** The jobs of a kind by queue, name and whatever else tells them apart; a lane that is empty is gone. */
export class Lanes {
  readonly #lanes = new Map<string, Lane>();
  readonly #apart: (job: Job) => number;
  readonly #before: (a: JobRow, b: JobRow) => boolean;

  constructor(apart: (job: Job) => number, before: (a: JobRow, b: JobRow) => boolean) {
    this.#apart = apart;
    this.#before = before;
  }

  get size(): number {
    return [...this.#lanes.values()].reduce((count, { heap }) => count + heap.size, 0);
  }

  place(row: JobRow): void {
    const { queue, name } = row.job;
    const key = this.#key(row.job);
    let lane = this.#lanes.get(key);
    if (lane === undefined) {
      lane = { queue, name, heap: new Heap('place', this.#before) };
      this.#lanes.set(key, lane);
    }
    lane.heap.place(row);
  }

  remove(row: JobRow): void {
    const key = this.#key(row.job);
    const heap = this.#lanes.get(key)?.heap;
    heap?.remove(row);
    if (heap?.size === 0) this.#lanes.delete(key);
  }

  /** Those of these names and queues; undefined for any. */
  wanted(names: readonly string[] | undefined, queues: readonly string[] | undefined): Lane[] {
    const [ofNames, ofQueues] = [names && new Set(names), queues && new Set(queues)];
    return [...this.#lanes.values()].filter(
      ({ name, queue }) => ofNames?.has(name) !== false && ofQueues?.has(queue) !== false,
    );
  }

  /** How many there are of a queue. */
  count(queue: string): number {
    let count = 0;
    for (const lane of this.#lanes.values()) if (lane.queue === queue) count += lane.heap.size;
    return count;
  }

  #key(job: Job): string {
    return JSON.stringify([job.queue, job.name, this.#apart(job)]);
  }
}
