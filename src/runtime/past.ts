import type { Definition } from '../core/definition.js';
import { refold, UNBORN } from '../core/fold.js';
import { hasEnded, type Instance } from '../core/instance.js';
import { eventOf, type JournalEntry } from '../core/journal.js';
import type { Json } from '../core/json.js';
import { Refused } from '../core/problem.js';
import type { Reading, Store } from '../store/store.js';
import { type Beginning, beginningOf } from './beginning.js';
import { journalBehind } from './journal-pages.js';
import type { Registry, Steppable } from './registry.js';

/**
 * An instance as it stood after a revision: its journal is folded up to there, from the snapshot before it if there is
 * one, by the definitions that were in force. What waited then is not known. Throws Refused: `unknown-revision` where
 * there is none, or none any more; `missing-code`, `other-code` where it cannot be folded here as it was.
 */
export async function readingAt(
  store: Store,
  registry: Registry,
  reading: Reading,
  revision: number,
): Promise<Reading> {
  const { instance, now } = reading;
  if (revision === instance.revision) return reading;
  const isThere = Number.isSafeInteger(revision) && revision >= 1 && revision < instance.revision;
  if (!isThere) throw noRevision(instance, revision);
  const beginning = await beginningBefore(store, instance, revision);
  let definition = await definitionOf(
    store,
    registry,
    await definitionAt(store, instance, beginning.revision),
  );
  let { standing } = beginning;
  let at = beginning.revision;
  let updatedAt = await timeOf(store, instance, at);
  for await (const entry of journalBehind(store, instance.id, beginning.revision)) {
    if (entry.revision > revision) break;
    at += 1;
    if (entry.revision !== at) throw swept(instance.id, revision, entry.revision);
    const event = eventOf(entry);
    const from = definition;
    if (event.type === 'migrate') definition = await definitionOf(store, registry, event.to.definition);
    const { language, program } = await steppableOf(registry, definition, entry.revision);
    const step = refold(language, program, standing, entry, from);
    refuseOther(instance.id, entry, step.outcome.kind, JSON.stringify(step.history));
    standing = step;
    updatedAt = entry.at;
  }
  if (at !== revision) throw swept(instance.id, revision, at + 1);
  const state = standing.state === null ? null : JSON.stringify(standing.state);
  const then = { definition: definition.hash, revision, status: standing.status, state, updatedAt };
  return { instance: { ...instance, ...then }, attempts: 0, machinePaused: false, now };
}

/** Nothing, or the newest snapshot that is not behind the revision. */
async function beginningBefore(store: Store, { id }: Instance, revision: number): Promise<Beginning> {
  const snapshot = await store.snapshot(id, revision);
  if (snapshot !== undefined) {
    const { revision: at, status, state } = snapshot;
    return { revision: at, standing: { status, state: state === null ? null : (JSON.parse(state) as Json) } };
  }
  const kept = await beginningOf(store, id);
  if (kept.revision > revision) throw swept(id, revision, kept.revision);
  return { revision: 0, standing: UNBORN };
}

/** The hash of the definition that was in force after a revision: the first migration behind it tells, else nothing has changed. */
export async function definitionAt(store: Store, instance: Instance, revision: number): Promise<string> {
  const versions = (await store.definitions()).filter(({ machine }) => machine === instance.machine);
  if (versions.length < 2) return instance.definition;
  for await (const entry of journalBehind(store, instance.id, revision)) {
    const event = eventOf(entry);
    if (event.type === 'migrate') return event.from.definition;
  }
  return instance.definition;
}

/** When a snapshot's last event was; where its entry was swept, only that the instance was there. */
async function timeOf(store: Store, { id, createdAt }: Instance, revision: number): Promise<number> {
  if (revision === 0) return createdAt;
  const [entry] = (await store.journal(id, { limit: 1, after: String(revision - 1) })).items;
  return entry?.revision === revision ? entry.at : createdAt;
}

async function definitionOf(store: Store, registry: Registry, hash: string): Promise<Definition> {
  const definition = registry.definition(hash) ?? (await store.definition(hash));
  if (definition === undefined) throw new Error(`definition ${hash} is not in the store`);
  return definition;
}

async function steppableOf(registry: Registry, definition: Definition, revision: number): Promise<Steppable> {
  const steppable = registry.steppable(definition.hash) ?? (await registry.learn(definition));
  if (steppable !== undefined) return steppable;
  const why = registry.missing(definition.hash);
  const message = `revision ${revision} cannot be folded here: ${why}`;
  throw new Refused({ code: 'missing-code', message, path: '', hint: 'hand its module to the command' });
}

/** A fold that does not say what was recorded did not come to the state of then either. */
function refuseOther(instance: string, entry: JournalEntry, kind: string, history: string): void {
  if (kind === entry.outcome.kind && history === entry.history) return;
  const message = `revision ${entry.revision} of "${instance}" folds to something else than was recorded: the functions here are not those of then`;
  throw new Refused({ code: 'other-code', message, path: '' });
}

function noRevision({ id, revision: last, status }: Instance, revision: number): Refused {
  const ended = hasEnded(status) ? `, and has ended (${status})` : '';
  const message = `instance "${id}" has no revision ${revision}: it is at ${last}${ended}`;
  const hint = last === 0 ? 'it has not started yet' : `known: 1 to ${last}`;
  return new Refused({ code: 'unknown-revision', message, path: '', hint });
}

function swept(id: string, revision: number, kept: number): Refused {
  const message = `what led to revision ${revision} of "${id}" was swept away`;
  const hint = `what is kept begins at ${kept}`;
  return new Refused({ code: 'unknown-revision', message, path: '', hint });
}
