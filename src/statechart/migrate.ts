import type { Definition } from '../core/definition.js';
import { effectNumbering } from '../core/effect.js';
import type { Event, MigrateEvent } from '../core/event.js';
import { rejected } from '../core/fold.js';
import { given } from '../core/given.js';
import { APPLIED, type Happening } from '../core/journal.js';
import { type Json, put } from '../core/json.js';
import type { Step } from '../core/language.js';
import type { Problem } from '../core/problem.js';
import { type BoundMigration, bindMigration } from './bind/migration.js';
import type { StatechartProgram } from './compile.js';
import type { Configuration, History } from './configuration.js';
import { beginsOf, type Earlier, earlierOf, isWaitedFor, type Wait, waitsOf } from './earlier.js';
import { areTogether, type HistoryValue, historyAt, historyValueOf } from './history-value.js';
import { MIN_HASH_LENGTH } from './limits.js';
import { MIGRATE } from './machine-event.js';
import { Macrostep, type Taken } from './macrostep.js';
import { planArrival } from './microstep.js';
import { escapeKey, type StateNode, splitPath } from './node.js';
import { json, Numbering } from './numbering.js';
import { applied } from './outcome.js';
import type { Op } from './run.js';
import { pathsOf, StateMapping } from './state-mapping.js';
import { configurationOf } from './state-value.js';
import { asJson, contextOf, type Pending, type StoredState, storedState } from './stored-state.js';
import { Undone } from './undone.js';

/**
 * The language's `migrate`. States are neither left nor entered: no entry or exit action is done. What a state waits for that has
 * a counterpart goes on: a delay until it was due, a task, a machine. What the new definition does not have is
 * cancelled, and what only it has begins. Then eventless transitions are taken, as ever.
 */
export function migrate(
  program: StatechartProgram,
  state: Json,
  event: Event & MigrateEvent,
  from: Definition,
): Step {
  const stored = storedState(state);
  const standing = { status: stored.error === undefined ? 'running' : 'failed', state } as const;
  try {
    return new Migrating(program, stored, event, from).step();
  } catch (error) {
    if (!(error instanceof Undone)) throw error;
    return rejected(standing, event, error.problem);
  }
}

class Migrating {
  readonly #program: StatechartProgram;
  readonly #stored: StoredState;
  readonly #event: Event & MigrateEvent;
  readonly #earlier: Earlier;
  readonly #migration: BoundMigration;
  readonly #mapping: StateMapping;
  readonly #to: Configuration;
  /** By state that is active from now on, the one whose place it takes. */
  readonly #counterparts = new Map<StateNode, string>();

  constructor(
    program: StatechartProgram,
    stored: StoredState,
    event: Event & MigrateEvent,
    from: Definition,
  ) {
    this.#program = program;
    this.#stored = stored;
    this.#event = event;
    this.#earlier = earlierOf(from);
    this.#migration = migrationFrom(program, from, this.#earlier);
    this.#mapping = new StateMapping(program.space.root, this.#migration.states);
    this.#to = this.#arrive();
    for (const path of pathsOf(stored.value, true)) {
      const image = this.#mapping.imageOf(path);
      if (typeof image === 'object' && !this.#counterparts.has(image)) this.#counterparts.set(image, path);
    }
  }

  step(): Step {
    const hasFailed = this.#stored.error !== undefined;
    const before = (hasFailed ? this.#stored.waits : this.#stored.pending) ?? {};
    const { kept, begins } = this.#waits(before);
    const { from, to } = this.#event;
    const happening = {
      type: 'InstanceMigrated',
      data: {
        ...{ from: from.version, to: to.version, kept: Object.keys(kept).length },
        before: pathsOf(this.#stored.value, false).join(', '),
        after: this.#to.atoms.map(({ path }) => path).join(', '),
      },
    };
    const taken: Taken[] = [];
    const migrating = { type: MIGRATE, from: from.version, to: to.version };
    const { lent } = contextOf(this.#program, this.#stored);
    const run = new Macrostep(this.#to, lent, migrating, this.#event, taken);
    run.assign(this.#migration.context(run));
    if (hasFailed) return this.#failed(run, kept, begins, happening);
    const numbering = new Numbering(before, this.#event, !this.#program.hasFunctions, this.#event.versions);
    for (const id of Object.keys(before)) numbering.goOn(id, kept[id]);
    const finals = this.#to.atoms.filter((node) => node.type === 'final' && !this.#wasFinal(node));
    run.arrive(
      planArrival(
        this.#to,
        begins.map(({ op }) => op),
        finals,
      ),
    );
    return applied(this.#program, run, undefined, numbering, [happening], taken);
  }

  /** Where it is put. */
  #arrive(): Configuration {
    const nodes = new Set<StateNode>();
    for (const path of pathsOf(this.#stored.value, false)) {
      const image = this.#mapping.imageOf(path);
      if (image === undefined) throw new Undone(unmapped(path));
      if (image !== 'gone') nodes.add(image);
    }
    const inner = [...nodes].filter((node) => ![...nodes].some((other) => other.isBelow(node)));
    for (const [n, a] of inner.entries()) {
      for (const b of inner.slice(n + 1)) {
        if (areTogether(a, b)) continue;
        const message = `it would stand in "${a.path}" and in "${b.path}", which cannot be active together`;
        throw new Undone({ code: 'states-apart', message, path: '/migrate' });
      }
    }
    const { space } = this.#program;
    return configurationOf(space, inner.length === 0 ? [space.root] : inner, this.#history());
  }

  /** What the history states remember, as far as the states are there. */
  #history(): History {
    const { space } = this.#program;
    const kept: Record<string, readonly string[]> = {};
    for (const [path, paths] of Object.entries(this.#stored.history ?? {})) {
      const at = this.#historyPath(path);
      const images = paths.map((inner) => this.#mapping.imageOf(inner));
      const nodes = images.flatMap((image) => (typeof image === 'object' ? [image.path] : []));
      if (at === undefined || nodes.length < images.length) continue;
      const value: HistoryValue = { [at]: nodes };
      if (historyAt(space, value) !== undefined) put(kept, at, nodes);
    }
    return historyAt(space, kept) ?? [];
  }

  /** A history state moves with the state around it. */
  #historyPath(path: string): string | undefined {
    const keys = splitPath(path).map(escapeKey);
    const image = this.#mapping.imageOf(keys.slice(0, -1).join('.'));
    if (typeof image !== 'object') return undefined;
    return [...(image.path === '' ? [] : [image.path]), ...keys.slice(-1)].join('.');
  }

  #wasFinal(node: StateNode): boolean {
    return this.#earlier.typeOf.get(this.#counterparts.get(node) ?? '') === 'final';
  }

  /** What goes on, and what begins. */
  #waits(before: Waiting): { readonly kept: Waiting; readonly begins: readonly Begun[] } {
    const kept: Record<string, Pending> = {};
    for (const [id, pending] of Object.entries(before)) {
      if ('raise' in pending || 'send' in pending) kept[id] = pending;
    }
    const begins: Begun[] = [];
    for (const node of this.#to.active) {
      const path = this.#counterparts.get(node);
      const earlier = path === undefined ? [] : (this.#earlier.waits.get(path) ?? []);
      for (const [n, wait] of waitsOf(node, this.#program.space.dialect).entries()) {
        const was = earlier.find(({ kind, name }) => kind === wait.kind && name === wait.name);
        const op = beginsOf(node)[n];
        if (was === undefined && op !== undefined) begins.push({ wait, op });
        // What it does not wait for any longer has happened already.
        const id = was && Object.keys(before).find((one) => isWaitedFor(before[one] as Pending, was));
        if (was !== undefined && id !== undefined) kept[id] = moved(before[id] as Pending, was, wait);
      }
    }
    return { kept, begins };
  }

  /** An instance that failed goes on waiting for nothing, until it is redriven. */
  #failed(run: Macrostep, waits: Waiting, begins: readonly Begun[], happening: Happening): Step {
    const { history: _, waits: __, versions: ___, ...stored } = this.#stored;
    const remembered = historyValueOf(this.#to);
    const nextId = effectNumbering(this.#event.revision);
    const fresh = begins.map(({ wait }) => [nextId(), pendingOf(wait, stored.failedAt ?? 0)] as const);
    const state: StoredState = {
      ...stored,
      value: this.#to.value,
      context: json(run.context, 'the context'),
      ...(remembered === undefined ? {} : { history: remembered }),
      waits: { ...waits, ...Object.fromEntries(fresh) },
      ...given({ versions: this.#event.versions }),
    };
    return { state: asJson(state), status: 'failed', effects: [], history: [happening], outcome: APPLIED };
  }
}

/** By effect. */
type Waiting = Readonly<Record<string, Pending>>;

/** Something that a state waits for which it did not before, and what begins it. */
interface Begun {
  readonly wait: Wait;
  readonly op: Op;
}

/** The first that is from this definition. Throws Undone. */
function migrationFrom(
  { migrations, nodes, values }: StatechartProgram,
  { version, hash }: Definition,
  earlier: Earlier,
): BoundMigration {
  const isMeant = (from: number | string) =>
    from === version || from === earlier.version || (typeof from === 'string' && isPartOf(from, hash));
  const found = migrations.find(({ from }) => from.length === 0 || from.some(isMeant));
  if (found !== undefined) return bindMigration(found, nodes, values);
  const message = `the definition does not say how instances of version ${version} move over`;
  const hint = `write migrate: [{ from: ${version}, states: { … } }], or migrate: true where all stays as it is`;
  throw new Undone({ code: 'no-migration', message, path: '/migrate', hint });
}

function isPartOf(beginning: string, hash: string): boolean {
  return beginning.length >= MIN_HASH_LENGTH && hash.startsWith(beginning);
}

function unmapped(path: string): Problem {
  const message = `nothing takes the place of the state "${path}"`;
  const hint = `add ${JSON.stringify(path)} to "states" of "migrate"`;
  return { code: 'unmapped-state', message, path: '/migrate', hint };
}

/** What goes on under its new key; a delay that has another length counts from when it began. */
function moved(pending: Pending, was: Wait, { key, delayMs }: Wait): Pending {
  if ('retry' in pending) return { ...pending, retry: key };
  if ('task' in pending) return { ...pending, task: key };
  if ('child' in pending) return { ...pending, child: key };
  if ('timer' in pending) {
    const isKnown = delayMs !== undefined && was.delayMs !== undefined;
    return { timer: key, dueAt: pending.dueAt + (isKnown ? delayMs - was.delayMs : 0) };
  }
  return pending;
}

function pendingOf({ kind, key, delayMs = 0 }: Wait, failedAt: number): Pending {
  if (kind === 'timer') return { timer: key, dueAt: failedAt + delayMs };
  return kind === 'task' ? { task: key } : { child: key };
}
