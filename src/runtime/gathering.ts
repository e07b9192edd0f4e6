import { type EndedChild, Gathering } from '../core/gathering.js';
import { childName, effectName } from '../core/identifier.js';
import type { Instance } from '../core/instance.js';
import type { Json } from '../core/json.js';
import { MAX_PAGE } from '../core/limits.js';
import type { NewMessage } from '../core/message.js';
import type { Store } from '../store/store.js';
import type { Gather } from './folding.js';
import type { Registry } from './registry.js';

/** Tells a parent what its children came to: as many as fit, read from the store a page at a time. */
export async function gather(
  store: Store,
  registry: Registry,
  { parent, effect, cause }: Gather,
): Promise<NewMessage> {
  const { id, children } = effect;
  const gathering = new Gathering(effect);
  let fits = true;
  for (let from = 0; from < children.length && fits; from += MAX_PAGE) {
    const page = children.slice(from, from + MAX_PAGE);
    const ids = page.map(({ group, index }) => childName(parent, group, index));
    const instances = await store.instances(ids);
    const byId = new Map(instances.map((instance) => [instance.id, instance]));
    fits = page.every(({ index }, at) => gathering.add(endedChild(index, byId.get(ids[at] ?? ''), registry)));
  }
  const event = JSON.stringify(gathering.event());
  return { id: `${effectName(parent, id)}/gathered`, to: parent, event, cause };
}

function endedChild(index: number, instance: Instance | undefined, registry: Registry): EndedChild {
  const steppable = instance && registry.steppable(instance.definition);
  if (instance === undefined || steppable === undefined)
    throw new Error(`child ${index} of a group is not there`);
  const { status, createdAt: startedAt, updatedAt: endedAt } = instance;
  const state = instance.state === null ? null : (JSON.parse(instance.state) as Json);
  return { index, status, view: steppable.language.view(state), startedAt, endedAt };
}
