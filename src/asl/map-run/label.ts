import { Chance } from '../../core/chance.js';
import { uuidOf } from '../../expression/intrinsic/uuid.js';
import type { Fields } from '../fields.js';

/** The Label of a distributed Map, by which its executions are named; one of its own where it has none. */
export function labelOf(fields: Fields): string {
  // Of one definition it is always the same, so that whoever reads it again finds its executions.
  return fields.text('Label') ?? uuidOf(new Chance('Label', fields.path));
}
