import type { Definition } from '../core/definition.js';
import type { InstanceView } from '../core/engine.js';
import { given } from '../core/given.js';
import { hasEnded } from '../core/instance.js';
import type { Job } from '../core/job.js';
import type { Json } from '../core/json.js';
import type { View } from '../core/language.js';
import { LEASE_MS } from '../core/limits.js';
import { Hiding, type SensitivePaths } from '../core/sensitive.js';
import type { Reading } from '../store/store.js';
import type { Registry } from './registry.js';

const NOTHING: View = { value: null, context: null, output: null };

/** An instance as people and programs read it. */
export function viewOf(
  reading: Reading,
  definition: Definition,
  registry: Registry,
  works: boolean,
  reveal = false,
): InstanceView {
  const { state, ...instance } = reading.instance;
  const language = registry.language(definition.language);
  const { input: _, ...whole } = state === null ? NOTHING : language.view(JSON.parse(state) as Json);
  const hide = reveal ? undefined : hidingOf(whole, language.sensitive?.(definition.source) ?? []);
  const view = hide === undefined ? whole : hidden(whole, hide);
  const parked =
    hide === undefined || reading.parked === undefined ? reading.parked : hide.in({ ...reading.parked });
  // What a process lacks that steps nothing keeps nobody waiting.
  const missing = works ? registry.missing(instance.definition) : undefined;
  const lag = reading.machinePaused ? heldBy(reading) : lagOf(reading, missing);
  return {
    ...instance,
    version: definition.version,
    ...view,
    ...given({ nextDueAt: reading.nextDueAt, parked, lag }),
  };
}

function hidingOf({ context, output }: View, paths: SensitivePaths): Hiding | undefined {
  return paths.length === 0 ? undefined : new Hiding(paths, [context, output]);
}

function hidden({ value, context, output, error }: View, hiding: Hiding): View {
  const told = error && { error: hiding.in(error.error), cause: hiding.in(error.cause) };
  return { value, context: hiding.at(context), output: hiding.at(output), ...given({ error: told }) };
}

/** A job as people read it: what is sensitive of its instance is hidden in it. */
export function discreetJob(job: Job, view: View, paths: SensitivePaths): Job {
  const hiding = new Hiding(paths, [view.context, view.output]);
  const text = (json: string) => JSON.stringify(hiding.at(JSON.parse(json) as Json));
  const { input, output, error, cause } = job;
  return {
    ...job,
    input: text(input),
    ...given({
      output: output === undefined ? undefined : text(output),
      error: error === undefined ? undefined : hiding.in(error),
      cause: cause === undefined ? undefined : hiding.in(cause),
    }),
  };
}

/** Overdue by more than a lease, and not parked: no worker that runs can step it (rule 9). */
function lagOf(reading: Reading, missing: string | undefined): string | undefined {
  const { instance, nextDueAt, parked, now } = reading;
  if (parked !== undefined || instance.status === 'paused' || hasEnded(instance.status)) return undefined;
  if (nextDueAt === undefined || nextDueAt > now - LEASE_MS) return undefined;
  const why = missing === undefined ? 'no worker has taken it' : `here: ${missing}`;
  return dueSince(nextDueAt, why);
}

/** Something of it is due, and waits for its machine to be resumed. */
function heldBy({ instance, nextDueAt, now }: Reading): string | undefined {
  if (hasEnded(instance.status) || nextDueAt === undefined || nextDueAt > now) return undefined;
  return dueSince(nextDueAt, `machine "${instance.machine}" is paused`);
}

function dueSince(time: number, why: string): string {
  return `due since ${new Date(time).toISOString()}, ${why}`;
}
