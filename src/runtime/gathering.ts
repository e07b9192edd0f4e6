import type { ChildResult, GatheredEvent } from '../core/event.js';
import { childName, effectName } from '../core/identifier.js';
import type { Instance } from '../core/instance.js';
import { type Json, utf8Length } from '../core/json.js';
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
  const { id, children, limitBytes, detailed } = effect;
  const results: ChildResult[] = [];
  let left = limitBytes;
  for (let from = 0; from < children.length && left >= 0; from += MAX_PAGE) {
    const page = children.slice(from, from + MAX_PAGE);
    const ids = page.map(({ group, index }) => childName(parent, group, index));
    const instances = await store.instances(ids);
    const byId = new Map(instances.map((instance) => [instance.id, instance]));
    for (const [at, { index }] of page.entries()) {
      const result = resultOf(index, byId.get(ids[at] ?? ''), registry, detailed);
      // The comma or bracket that stands beside it.
      left -= utf8Length(JSON.stringify(detailed ? result : result.output)) + 1;
      if (left < 0 && results.length > 0) break;
      results.push(result);
    }
  }
  const event: GatheredEvent = { type: 'gathered', effect: id, results };
  return { id: `${effectName(parent, id)}/gathered`, to: parent, event: JSON.stringify(event), cause };
}

function resultOf(
  index: number,
  instance: Instance | undefined,
  registry: Registry,
  detailed: boolean,
): ChildResult {
  const steppable = instance && registry.steppable(instance.definition);
  if (instance === undefined || steppable === undefined)
    throw new Error(`child ${index} of a group is not there`);
  const { status, createdAt: startedAt, updatedAt: endedAt } = instance;
  const state = instance.state === null ? null : (JSON.parse(instance.state) as Json);
  const { output, error, input } = steppable.language.view(state);
  if (status === 'succeeded' && !detailed) return { index, status, output };
  return { index, status, output, ...error, ...(input === undefined ? {} : { input }), startedAt, endedAt };
}
