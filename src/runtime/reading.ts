import type { Definition } from '../core/definition.js';
import type { InstanceView } from '../core/engine.js';
import { given } from '../core/given.js';
import { hasEnded } from '../core/instance.js';
import type { Json } from '../core/json.js';
import type { View } from '../core/language.js';
import { LEASE_MS } from '../core/limits.js';
import type { Reading } from '../store/store.js';
import type { Registry } from './registry.js';

const NOTHING: View = { value: null, context: null, output: null };

/** An instance as people and programs read it. */
export function viewOf(
  reading: Reading,
  definition: Definition,
  registry: Registry,
  now: number,
  works: boolean,
): InstanceView {
  const { state, ...instance } = reading.instance;
  const view =
    state === null ? NOTHING : registry.language(definition.language).view(JSON.parse(state) as Json);
  // What a process lacks that steps nothing keeps nobody waiting.
  const lag = lagOf(reading, now, works ? registry.missing(instance.definition) : undefined);
  return {
    ...instance,
    version: definition.version,
    ...view,
    ...given({ nextDueAt: reading.nextDueAt, parked: reading.parked, lag }),
  };
}

/** Overdue by more than a lease, and not parked: no worker that runs can step it (rule 9). */
function lagOf(reading: Reading, now: number, missing: string | undefined): string | undefined {
  const { instance, nextDueAt, parked } = reading;
  if (parked !== undefined || hasEnded(instance.status)) return undefined;
  if (nextDueAt === undefined || nextDueAt > now - LEASE_MS) return undefined;
  const why = missing === undefined ? 'no worker has taken it' : `here: ${missing}`;
  return `due since ${new Date(nextDueAt).toISOString()}, ${why}`;
}
