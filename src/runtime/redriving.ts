import type { RedriveEvent, StartEvent } from '../core/event.js';
import { childName, effectName } from '../core/identifier.js';
import { hasEnded } from '../core/instance.js';
import type { Json } from '../core/json.js';
import { Refused } from '../core/problem.js';
import type { Store } from '../store/store.js';
import { message, ownEventId, unknownInstance } from './delivery.js';
import type { Registry } from './registry.js';
import { START_ID } from './spawning.js';

/** Lets an instance go on that ended without success, with what was given to what it does again, as far as the store has kept it. */
export async function redrive(store: Store, registry: Registry, id: string): Promise<void> {
  const reading = await store.read(id);
  if (reading === undefined) throw unknownInstance(id);
  const { status, definition: hash, state } = reading.instance;
  const definition = registry.definition(hash) ?? (await store.definition(hash));
  const language = definition && registry.language(definition.language);
  const { redrive: redriving, name = 'nobody' } = language ?? {};
  if (redriving === undefined || !redriving.statuses.includes(status)) {
    const text = `instance "${id}" is ${status}: only what is parked, or has failed, can be retried`;
    const why = `instance "${id}" has ended (${status}), and ${name} lets nothing go on that has so`;
    const message = hasEnded(status) && status !== 'succeeded' ? why : text;
    throw new Refused({ code: 'not-parked', message, path: '' });
  }
  const refusal = state === null ? undefined : language?.view(JSON.parse(state) as Json).redrive?.refusal;
  if (refusal !== undefined) {
    const message = `instance "${id}" cannot be retried: ${refusal}`;
    throw new Refused({ code: 'not-parked', message, path: '' });
  }
  const inputs: Record<string, Json> = {};
  const wanted = state === null ? ['start'] : redriving.inputs(JSON.parse(state) as Json);
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
