import type { Definition } from '../core/definition.js';
import type { Effect } from '../core/effect.js';
import type { EffectCounts, MigrateOptions, MigrationGroup, MigrationReport } from '../core/engine.js';
import type { MigrateEvent, Versions } from '../core/event.js';
import { given } from '../core/given.js';
import type { Instance, Status } from '../core/instance.js';
import type { Json } from '../core/json.js';
import type { Step } from '../core/language.js';
import { type Problem, Refused } from '../core/problem.js';
import type { CommitResult, Reading, Store } from '../store/store.js';
import { ownEventId, unknownInstance } from './delivery.js';
import { foldMigrate, type MigrationFold } from './folding.js';
import { newId } from './identifier.js';
import type { Registry, Steppable } from './registry.js';
import { checkedLimit } from './request.js';
import { withChildren } from './spawning.js';
import { versionsFor } from './versions.js';

/** How often an instance is tried that others go on changing meanwhile. */
const MAX_TRIES = 20;

/** Instances that one transaction takes over. */
const BATCH = 50;

/** Ids that a group tells. */
const EXAMPLES = 5;

/** Of these there is something to take over. */
const LIVE: readonly Status[] = ['running', 'paused', 'failed'];

/** Takes a page of a machine's instances over to another version, or tells what would become of them. */
export async function migratePage(
  store: Store,
  registry: Registry,
  machine: string,
  options: MigrateOptions,
): Promise<MigrationReport> {
  const target = await targetOf(store, registry, machine, options.to);
  const { readings, next } = await pageOf(store, machine, options);
  const versions = await versionsFor(target.definition, registry, (name) => store.latest(name));
  const migrating = new Migrating(store, registry, target, versions, options);
  await migrating.take(readings);
  const { version } = target.definition;
  const { dryRun = false } = options;
  const { current, groups } = migrating;
  return { machine, to: version, dryRun, seen: readings.length, current, groups, ...given({ next }) };
}

/** The definition to go to, which has to be one that can be stepped here. */
async function targetOf(
  store: Store,
  registry: Registry,
  machine: string,
  to: number | undefined,
): Promise<Steppable> {
  const versions = (await store.definitions()).filter((one) => one.machine === machine);
  const version = to === undefined ? versions.at(-1) : versions.find((one) => one.version === to);
  const definition = version && (await store.definition(version.hash));
  if (definition === undefined) {
    const hint = `known: ${versions.map((one) => one.version).join(', ')}`;
    const text = `machine "${machine}" has no version ${to}`;
    throw new Refused({ code: 'unknown-version', message: text, path: '/to', hint });
  }
  const steppable = await registry.learn(definition);
  if (steppable !== undefined) return steppable;
  const why = registry.missing(definition.hash);
  const text = `version ${definition.version} of "${machine}" cannot be stepped here: ${why}`;
  throw new Refused({
    code: 'missing-code',
    message: text,
    path: '',
    hint: 'hand its module to the command',
  });
}

interface Found {
  readonly readings: readonly Reading[];
  readonly next?: string;
}

/** One status after the other; `after` says which, and behind which instance of it. */
async function pageOf(store: Store, machine: string, options: MigrateOptions): Promise<Found> {
  if (options.instance !== undefined) {
    const reading = await store.read(options.instance);
    if (reading?.instance.machine !== machine) throw unknownInstance(options.instance);
    return { readings: [reading] };
  }
  const statuses = options.status === undefined ? LIVE : [options.status];
  const [named, ...rest] = (options.after ?? `${statuses[0]}:`).split(':');
  const at = statuses.indexOf(named as Status);
  const status = statuses[at];
  if (status === undefined) throw noPage(options.after);
  const after = rest.join(':') || undefined;
  const page = await store.find({
    ...{ machine, status, limit: checkedLimit(options.limit) },
    ...given({ after }),
  });
  const following = statuses[at + 1];
  const next = page.next !== undefined ? `${status}:${page.next}` : following && `${following}:`;
  return { readings: page.items, ...given({ next }) };
}

function noPage(after: string | undefined): Refused {
  const message = `${JSON.stringify(after)} is not the "next" of a page before`;
  return new Refused({ code: 'invalid-page', message, path: '/after' });
}

class Migrating {
  readonly #store: Store;
  readonly #registry: Registry;
  readonly #target: Steppable;
  readonly #versions: Versions | undefined;
  readonly #options: MigrateOptions;
  readonly #groups = new Map<string, MigrationGroup>();
  current = 0;

  constructor(
    store: Store,
    registry: Registry,
    target: Steppable,
    versions: Versions | undefined,
    options: MigrateOptions,
  ) {
    this.#store = store;
    this.#registry = registry;
    this.#target = target;
    this.#versions = versions;
    this.#options = options;
  }

  get groups(): readonly MigrationGroup[] {
    return [...this.#groups.values()];
  }

  async take(readings: readonly Reading[]): Promise<void> {
    for (let at = 0; at < readings.length; at += BATCH) await this.#batch(readings.slice(at, at + BATCH));
  }

  /** Whoever was changed meanwhile is looked at again. */
  async #batch(readings: readonly Reading[]): Promise<void> {
    let waiting = readings;
    for (let tries = 1; waiting.length > 0; tries++) {
      const lost = await this.#try(waiting, tries === MAX_TRIES);
      const again: Reading[] = [];
      for (const { id } of lost) {
        const reading = await this.#store.read(id);
        if (reading !== undefined) again.push(reading);
      }
      waiting = again;
    }
  }

  /** Answers those that were changed meanwhile, unless this is the last time. */
  async #try(readings: readonly Reading[], isLast: boolean): Promise<readonly Instance[]> {
    const folds: { instance: Instance; from: Definition; fold: MigrationFold }[] = [];
    for (const { instance, now } of readings) {
      const from = await this.#definition(instance.definition);
      if (from.hash === this.#target.definition.hash) this.current += 1;
      else if (this.#options.from === undefined || this.#options.from === from.version) {
        folds.push({ instance, from, fold: this.#fold(instance, from, now) });
      }
    }
    const results = await this.#write(folds);
    return folds.flatMap(({ instance, from, fold }) => {
      const result = results.get(instance.id);
      if (result === 'conflict' && !isLast) return [instance];
      this.#tell(instance, from, fold.step, result === 'conflict' ? BUSY : undefined);
      return [];
    });
  }

  async #definition(hash: string): Promise<Definition> {
    const definition = this.#registry.definition(hash) ?? (await this.#store.definition(hash));
    if (definition === undefined) throw new Error(`definition ${hash} is not in the store`);
    await this.#registry.learn(definition);
    return definition;
  }

  #fold(instance: Instance, from: Definition, now: number): MigrationFold {
    const { definition } = this.#target;
    const event: MigrateEvent = {
      ...{ type: 'migrate', from: editionOf(from), to: editionOf(definition) },
      ...given({ versions: this.#versions }),
    };
    return foldMigrate(instance, { id: ownEventId(), seed: newId(), event }, from, now, this.#target);
  }

  /** What was rejected is not written, and stays as it was. */
  async #write(
    folds: readonly { readonly instance: Instance; readonly fold: MigrationFold }[],
  ): Promise<ReadonlyMap<string, CommitResult>> {
    const wanted = this.#options.dryRun === true ? [] : folds.filter(({ fold }) => isApplied(fold.step));
    if (wanted.length === 0) return new Map();
    const commits = await withChildren(
      this.#store,
      this.#registry,
      wanted.map(({ fold }) => fold.fold),
    );
    const results = await this.#store.migrate(
      wanted.map(({ instance, fold: { entry } }, index) => ({
        from: { definition: instance.definition, status: instance.status },
        definition: this.#target.definition.hash,
        entry,
        commit: commits[index] as (typeof commits)[number],
      })),
    );
    return new Map(wanted.map(({ instance }, index) => [instance.id, results[index] ?? 'conflict']));
  }

  #tell(instance: Instance, from: Definition, step: Step, busy: Problem | undefined): void {
    const problem = busy ?? (step.outcome.kind === 'rejected' ? step.outcome.problem : undefined);
    const told = step.history.find(({ type }) => type === 'InstanceMigrated')?.data;
    const before = String(told?.['before'] ?? this.#where(instance, from));
    const after = problem === undefined ? String(told?.['after'] ?? '') : undefined;
    const key = JSON.stringify([from.version, instance.status, before, after, problem?.message]);
    const known = this.#groups.get(key);
    const effects = problem === undefined ? step.effects : [];
    this.#groups.set(key, {
      ...{ from: from.version, status: instance.status, before, ...given({ after, problem }) },
      count: (known?.count ?? 0) + 1,
      kept: (known?.kept ?? 0) + (problem === undefined ? Number(told?.['kept'] ?? 0) : 0),
      cancelled: counted(effects, known?.cancelled, (effect) => effect.type === 'cancel' && effect.kind),
      started: counted(effects, known?.started, startedBy),
      instances: [...(known?.instances ?? []), instance.id].slice(0, EXAMPLES),
    });
  }

  #where({ state }: Instance, from: Definition): string {
    if (state === null) return '';
    const steppable = this.#registry.steppable(from.hash);
    const value = JSON.parse(state) as Json;
    const active = steppable?.language.active(steppable.program, value);
    return active?.join(', ') ?? JSON.stringify(this.#registry.language(from.language).view(value).value);
  }
}

const BUSY: Problem = {
  code: 'busy',
  message: 'it goes on changing: try again',
  path: '',
};

type EffectKind = 'timer' | 'task' | 'child';

function startedBy({ type }: Effect): EffectKind | false {
  if (type === 'spawn') return 'child';
  return type === 'timer' || type === 'task' ? type : false;
}

function counted(
  effects: readonly Effect[],
  before: EffectCounts = { timers: 0, tasks: 0, machines: 0 },
  kindOf: (effect: Effect) => EffectKind | false,
): EffectCounts {
  const count = (wanted: EffectKind) => effects.filter((effect) => kindOf(effect) === wanted).length;
  return {
    timers: before.timers + count('timer'),
    tasks: before.tasks + count('task'),
    machines: before.machines + count('child'),
  };
}

function isApplied({ outcome }: Step): boolean {
  return outcome.kind === 'applied';
}

function editionOf({ hash, version }: Definition): MigrateEvent['from'] {
  return { definition: hash, version };
}
