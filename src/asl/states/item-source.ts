import type { ChildEndedEvent } from '../../core/event.js';
import type { Json } from '../../core/json.js';
import { exceeds } from '../../core/json-size.js';
import type { ActiveThread } from '../active-thread.js';
import { dataLimitFailure, itemReaderFailure } from '../errors.js';
import type { Waiting } from '../execution.js';
import { compileItemReader, type ItemReader } from '../item-reader/item-reader.js';
import type { ReadItems } from '../item-reader/reading.js';
import { MAX_DATA_BYTES, PORTION_BYTES } from '../limits.js';
import type { MapRun } from '../map-run/map-run.js';
import { hold, portionsOf, stillHolding } from '../map-run/portions.js';
import type { Answer, Move, StateSource } from '../program.js';
import type { ItemAt } from './item-batcher.js';
import type { MapFields } from './map-fields.js';

/** Where a distributed Map has its items from: its input, what it works out, or what it has read. */
export interface ItemSource {
  /** The parts of the definition that hold portions of the items, and read them, where they are read. */
  readonly portion: string;
  readonly reader: ItemReader | undefined;
  /** The items as far as they are known when the state is entered, and whether they are to be kept with the run. Throws StateFailure. */
  begin(
    thread: ActiveThread,
    selected: Json,
  ): { readonly list: readonly Json[]; readonly given?: readonly Json[] };
  /** Whether the run must wait before anything is known of its items. */
  isUnread(run: MapRun): boolean;
  /** The items; a move where they must be collected first. `begun` is what they were when the state was entered, if that is now. */
  items(thread: ActiveThread, run: MapRun, begun?: readonly Json[]): ItemAt | Move;
  /** Takes the end of an execution that reads or holds items; a move where there is more to wait for. Throws StateFailure. */
  take(run: MapRun, answer: Answer, waited: Waiting): Move | undefined;
}

export function compileItemSource(
  source: StateSource,
  { name, flow, items, findsItems }: MapFields,
): ItemSource {
  const portion = `${source.fields.path}/Items`;
  const reader = compileItemReader(source, portion);
  return {
    portion,
    reader,
    begin(thread, selected) {
      // What is read is not known yet; AWS says 0 as well.
      if (reader !== undefined) return { list: [] };
      const list = items(thread, selected);
      return findsItems || exceeds(list, PORTION_BYTES) ? { list } : { list, given: list };
    },
    isUnread: (run) => reader !== undefined && run.collection === undefined && run.given === undefined,
    items(thread, run, begun) {
      if (run.collection !== undefined) return (index) => run.item(index);
      const { given } = run;
      if (given !== undefined) return (index) => given[index];
      const selected = flow.select(thread);
      if (reader !== undefined) return read(thread, reader, selected);
      const list = begun ?? items(thread, selected);
      if (findsItems) return (index) => list[index];
      run.total = list.length;
      const portions = portionsOf(list, () => dataLimitFailure(name));
      return hold(thread, portion, thread.turn.nextEffectId(), portions);
    },
    take(run, answer, waited) {
      if (answer.type !== 'child.ended') return undefined;
      if (waited.for === 'child') {
        if (answer.status !== 'succeeded') throw itemReaderFailure(whyUnread(answer));
        const { group, portions, total } = answer.output as unknown as ReadItems;
        run.collected({ group: `${answer.effect}/0/${group}`, portions }, total);
      }
      if (waited.for !== 'portions') return undefined;
      const waiting = stillHolding(waited, answer);
      if (waiting !== undefined) return { kind: 'wait', waiting };
      run.collected({ group: waited.effect, portions: waited.of ?? 0 }, run.total);
      return undefined;
    },
  };
}

/** Whoever stops an execution from outside need not say why. */
function whyUnread({ cause, error, child, status }: ChildEndedEvent): string {
  return cause || error || `${child}, which was to read the items, is ${status}.`;
}

/** Has the items read, in an execution of its own. */
function read(thread: ActiveThread, reader: ItemReader, selected: Json): Move {
  const { turn } = thread;
  const input = reader.input(thread, selected);
  const id = turn.nextEffectId();
  turn.effects.push({ type: 'spawn', id, machine: turn.execution.start.machine, part: reader.part, input });
  return { kind: 'wait', waiting: { for: 'child', effect: id } };
}

/** Has the next items brought, unless they are on their way: as many as the largest batch could have. */
export function bring({ turn }: ActiveThread, run: MapRun, bringing: string | undefined): Move {
  return waitFor(run, bringing ?? turn.gather(run.wanted(), MAX_DATA_BYTES + PORTION_BYTES, false));
}

/** Waits for executions, and for items where they are on their way. */
export function waitFor({ group }: MapRun, bringing: string | undefined): Move {
  const waiting = { for: 'executions', effect: group } as const;
  return { kind: 'wait', waiting: bringing === undefined ? waiting : { ...waiting, items: bringing } };
}
