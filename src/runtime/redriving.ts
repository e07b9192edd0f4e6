import type { RedriveEvent, StartEvent } from '../core/event.js';
import { childName, effectName } from '../core/identifier.js';
import type { Json } from '../core/json.js';
import { Refused } from '../core/problem.js';
import type { Store } from '../store/store.js';
import { message, ownEventId, unknownInstance } from './delivery.js';
import type { Registry } from './registry.js';
import { START_ID } from './spawning.js';

/** Lets a failed instance go on, with what was given to what it does again, as far as the store has kept it. */
export async function redrive(store: Store, registry: Registry, id: string): Promise<void> {
  const reading = await store.read(id);
  if (reading === undefined) throw unknownInstance(id);
  const { status, definition: hash, state } = reading.instance;
  const definition = registry.definition(hash) ?? (await store.definition(hash));
  const language = definition && registry.language(definition.language);
  if (status !== 'failed' || language?.redrive === undefined) {
    const text = `instance "${id}" is ${status}: only what is parked, or has failed, can be retried`;
    const why = `instance "${id}" has failed, and ${language?.name} lets nothing go on that has`;
    const message = status === 'failed' ? why : text;
    throw new Refused({ code: 'not-parked', message, path: '' });
  }
  const inputs: Record<string, Json> = {};
  const wanted = state === null ? ['start'] : language.redrive.inputs(JSON.parse(state) as Json);
  for (const effect of wanted) {
    const input = await inputOf(store, id, effect);
    if (input !== undefined) inputs[effect] = input;
  }
  const event: RedriveEvent = { type: 'redrive', inputs };
  await store.send([message(ownEventId(), id, event)]);
}

/** What a task, a child or the start was given; undefined where that was swept. */
async function inputOf(store: Store, instance: string, effect: string): Promise<Json | undefined> {
  const job = effect === 'start' ? undefined : await store.job(effectName(instance, effect));
  if (job !== undefined) return JSON.parse(job.input) as Json;
  const started = effect === 'start' ? instance : childName(instance, effect, 0);
  const entry = await store.folded(started, START_ID);
  return entry && (JSON.parse(entry.event) as StartEvent).input;
}
