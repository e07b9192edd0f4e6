import type { Definition } from '../core/definition.js';
import type { Versions } from '../core/event.js';
import { put } from '../core/json.js';
import { SCHEDULE_MACHINE } from '../core/schedule-id.js';
import type { Registry } from './registry.js';

/** The newest version of a machine. */
export type Latest = (machine: string) => Promise<Definition | undefined>;

/**
 * The versions that an instance of this definition invokes, which are the newest as it begins, and those that they invoke in
 * turn; undefined where it invokes none by name. What nobody has published yet is not among them.
 */
export async function versionsFor(
  definition: Definition,
  registry: Registry,
  latest: Latest,
): Promise<Versions | undefined> {
  const versions: Record<string, string> = {};
  const names = new Set(registry.invokes(definition));
  // A Set is gone through to its end, with what is added on the way.
  for (const name of names) {
    // Schedules are nobody's children.
    const found = name === SCHEDULE_MACHINE ? undefined : await latest(name);
    if (found === undefined) continue;
    put(versions, name, found.hash);
    for (const inner of registry.invokes(found)) names.add(inner);
  }
  return Object.keys(versions).length === 0 ? undefined : versions;
}
