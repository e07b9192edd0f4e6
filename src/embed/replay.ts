import { type Changed, type Divergence, type Foldable, Replay } from '../analysis/replay.js';
import type { InstanceQuery } from '../core/engine.js';
import type { Instance } from '../core/instance.js';
import { eventOf } from '../core/journal.js';
import type { Implementations, Language } from '../core/language.js';
import { Refused } from '../core/problem.js';
import { beginningOf } from '../runtime/beginning.js';
import { journalBehind } from '../runtime/journal-pages.js';
import { definitionAt } from '../runtime/past.js';
import type { Store } from '../store/store.js';

/** Instances that are listed at once. */
const INSTANCE_PAGE = 100;

/** How one instance fared. */
export interface Replayed {
  readonly instance: string;
  readonly machine: string;
  /** Entries that were folded, up to where it parted. */
  readonly folded: number;
  /** The revision of the snapshot that it was folded from, where what came before was swept. */
  readonly base?: number;
  /** There is nothing in its journal, or no longer. */
  readonly empty?: true;
  /** Why its own definition could not be folded beside: only outcomes and history were compared. */
  readonly unknown?: string;
  readonly divergence?: Divergence;
}

export interface ReplayOptions {
  readonly store: Store;
  readonly languages: readonly Language[];
  readonly changed: Changed;
  /** The functions that recorded definitions of this machine are compiled with, besides the changed one. */
  readonly implementations?: Implementations;
  readonly query: Omit<InstanceQuery, 'limit' | 'after'>;
  /** These alone, instead of those that the query finds. */
  readonly instances?: readonly string[];
  /** At most so many. */
  readonly limit?: number;
}

/** Folds the journals of instances with a changed definition, one after the other; reads, and writes nothing. */
export async function* replayInstances(options: ReplayOptions): AsyncGenerator<Replayed> {
  const replaying = new Replaying(options);
  let left = options.limit ?? Number.POSITIVE_INFINITY;
  for await (const instance of instancesOf(options)) {
    if (left-- <= 0) return;
    yield await replaying.instance(instance);
  }
}

async function* instancesOf({ store, query, instances }: ReplayOptions): AsyncGenerator<Instance> {
  if (instances !== undefined) {
    for (const id of instances) {
      const reading = await store.read(id);
      if (reading === undefined) {
        throw new Refused({ code: 'unknown-instance', message: `there is no instance "${id}"`, path: '' });
      }
      const { machine } = reading.instance;
      if (query.machine !== undefined && machine !== query.machine) {
        const message = `${id} is an instance of "${machine}", not of "${query.machine}"`;
        throw new Refused({ code: 'other-machine', message, path: '' });
      }
      yield reading.instance;
    }
    return;
  }
  let after: string | undefined;
  do {
    const page = await store.find({
      ...query,
      limit: INSTANCE_PAGE,
      ...(after === undefined ? {} : { after }),
    });
    for (const { instance } of page.items) yield instance;
    after = page.next;
  } while (after !== undefined);
}

class Replaying {
  readonly #options: ReplayOptions;
  readonly #versions = new Map<string, Foldable>();
  readonly #unknown = new Map<string, string>();

  constructor(options: ReplayOptions) {
    this.#options = options;
  }

  async instance(instance: Instance): Promise<Replayed> {
    return this.#replay(instance, instance.definition);
  }

  /** `recorded` is the hash of the definition that it began with, as far as that is known. */
  async #replay(instance: Instance, recorded: string): Promise<Replayed> {
    const { store, changed } = this.#options;
    const { id, machine } = instance;
    const beginning = await beginningOf(store, id);
    await this.#learn(recorded);
    const replay = new Replay(recorded, changed, beginning.standing, this.#versions);
    const unknown = this.#unknown.get(recorded);
    const base = beginning.revision;
    const told = {
      ...{ instance: id, machine },
      ...(base === 0 ? {} : { base }),
      ...(unknown === undefined ? {} : { unknown }),
    };
    let [folded, migrated] = [0, false];
    for await (const entry of journalBehind(store, id, base)) {
      const event = eventOf(entry);
      if (event.type === 'migrate') {
        // It began with another version than the one it has now.
        if (!migrated && event.from.definition !== recorded)
          return this.#replay(instance, event.from.definition);
        migrated = true;
        await this.#learn(event.from.definition);
        await this.#learn(event.to.definition);
      }
      folded += 1;
      const divergence = replay.take(entry);
      if (divergence === undefined) continue;
      // What was found with another version than that of then is nothing.
      const then = migrated ? recorded : await definitionAt(store, instance, entry.revision);
      if (then !== recorded) return this.#replay(instance, then);
      return { ...told, ...otherCode(replay), folded, divergence };
    }
    return { ...told, ...otherCode(replay), folded, ...(folded === 0 ? { empty: true } : {}) };
  }

  /** Compiles a recorded definition, if that can be done here. */
  async #learn(hash: string): Promise<void> {
    if (this.#versions.has(hash) || this.#unknown.has(hash)) return;
    const { store, languages, implementations } = this.#options;
    const definition = await store.definition(hash);
    const language = languages.find(({ name }) => name === definition?.language);
    if (definition === undefined || language === undefined) {
      this.#unknown.set(hash, 'its definition is not in the store');
      return;
    }
    try {
      const program = language.compile(definition.source, implementations);
      this.#versions.set(hash, { definition, language, program });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.#unknown.set(hash, `version ${definition.version}: ${error.message}`);
    }
  }
}

function otherCode({ isFaithful }: Replay): { readonly unknown?: string } {
  return isFaithful ? {} : { unknown: 'its functions here are not those that it was recorded with' };
}
