import { Chance } from '../core/chance.js';
import { uuidOf } from '../expression/intrinsic/uuid.js';
import type { Fields } from './fields.js';
import { MAX_LABEL_LENGTH } from './limits.js';

/** What a Label may not have in it: blanks, wildcards, brackets, special and control characters. Step Functions: Map state, Label. */
const FORBIDDEN = /[\s?*<>{}[\]:;,\\|^~$#%&`"/\p{Cc}]/u;

/**
 * Refuses Labels of Map states that AWS refuses. `labels` are those that the machine has so far: each is in it once. The
 * codes are AWS's; that it refuses these characters is recorded, its words are not.
 */
export function checkLabel(fields: Fields, labels: Set<string>): void {
  const label = fields.peek('Label');
  if (typeof label !== 'string') return;
  const path = fields.at('Label');
  const invalid = (message: string): void => fields.report({ code: 'INVALID_LABEL_NAME', message, path });
  const [character] = FORBIDDEN.exec(label) ?? [];
  if (label === '') invalid('Label cannot be empty');
  else if ([...label].length > MAX_LABEL_LENGTH) {
    invalid(`Label cannot exceed ${MAX_LABEL_LENGTH} characters`);
  } else if (character !== undefined) invalid(`Label contains invalid character: ${quoted(character)}`);
  if (labels.has(label)) {
    fields.report({ code: 'DUPLICATE_LABEL_NAME', message: `Duplicate Label name: ${label}`, path });
  }
  labels.add(label);
}

/** The Label of a distributed Map, by which its executions are named; one of its own where it has none. */
export function labelOf(fields: Fields): string {
  // Of one definition it is always the same, so that whoever reads it again finds its executions.
  return fields.text('Label') ?? uuidOf(new Chance('Label', fields.path));
}

/** A character that can be seen: control characters as escapes. */
function quoted(character: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\\': '\\\\' };
  const code = character.charCodeAt(0);
  const isSeen = code > 0x20 ? code < 0x7f || code > 0xa0 : character === ' ';
  return `'${escapes[character] ?? (isSeen ? character : `\\x${code.toString(16).padStart(2, '0')}`)}'`;
}
