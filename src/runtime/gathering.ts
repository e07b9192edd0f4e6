import type { FetchEffect, GatherEffect } from '../core/effect.js';
import type { ChildResult, EventBody, FetchedEvent, GatheredEvent } from '../core/event.js';
import { childName, effectName } from '../core/identifier.js';
import type { Instance } from '../core/instance.js';
import { type Json, utf8Length } from '../core/json.js';
import { MAX_PAGE } from '../core/limits.js';
import type { NewMessage } from '../core/message.js';
import { portion } from '../core/portion.js';
import type { Store } from '../store/store.js';
import type { Question } from './folding.js';
import type { Registry } from './registry.js';

/** Tells a parent what it asked of its children, which have ended. */
export async function answerTo(
  store: Store,
  registry: Registry,
  { parent, effect, cause }: Question,
): Promise<NewMessage> {
  const event: EventBody =
    effect.type === 'gather'
      ? await gathered(store, registry, parent, effect)
      : await fetched(store, registry, parent, effect);
  return {
    id: `${effectName(parent, effect.id)}/${event.type}`,
    to: parent,
    event: JSON.stringify(event),
    cause,
  };
}

/** What they came to: as many as fit, read from the store a page at a time. */
async function gathered(
  store: Store,
  registry: Registry,
  parent: string,
  { id, children, limitBytes, detailed }: GatherEffect,
): Promise<GatheredEvent> {
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
  return { type: 'gathered', effect: id, results };
}

/** What one of them has collected: as much as fits, from a place on. */
async function fetched(
  store: Store,
  registry: Registry,
  parent: string,
  { id, child, from, limit, limitBytes }: FetchEffect,
): Promise<FetchedEvent> {
  const [instance] = await store.instances([childName(parent, child.group, child.index)]);
  const { state, language } = standingOf(child.index, instance, registry);
  const collection = language.collection?.(state) ?? [];
  return { type: 'fetched', effect: id, from, items: portion(collection, from, limit, limitBytes) };
}

function resultOf(
  index: number,
  instance: Instance | undefined,
  registry: Registry,
  detailed: boolean,
): ChildResult {
  const standing = standingOf(index, instance, registry);
  const { status, createdAt: startedAt, updatedAt: endedAt } = standing.instance;
  const { output, error, input } = standing.language.view(standing.state);
  if (status === 'succeeded' && !detailed) return { index, status, output };
  return { index, status, output, ...error, ...(input === undefined ? {} : { input }), startedAt, endedAt };
}

/** Throws where the child is not there, or cannot be read. */
function standingOf(index: number, instance: Instance | undefined, registry: Registry) {
  const steppable = instance && registry.steppable(instance.definition);
  if (instance === undefined || steppable === undefined)
    throw new Error(`child ${index} of a group is not there`);
  const state = instance.state === null ? null : (JSON.parse(instance.state) as Json);
  return { instance, state, language: steppable.language };
}
