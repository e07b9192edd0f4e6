import { isJsonObject, type Json } from '../core/json.js';
import { checkPath } from '../expression/jsonpath/jsonpath.js';
import type { Segment } from '../expression/jsonpath/path-tree.js';
import { canSelect, follow } from '../expression/jsonpath/selection.js';

/**
 * Why a path finds nothing, in the words that AWS has from its JSONPath library: the step that leads nowhere, and from
 * what it does not.
 *
 * @example
 * explainMissing('$.a', {}); // => "No results for path: $['a']"
 * explainMissing('$.a.b.c', { a: {} }); // => "Missing property in path $['a']['b']"
 * explainMissing('$.a[0]', { a: 1 }); // => 'Filter: [0] can only be applied to arrays. Current context is: 1'
 */
export function explainMissing(text: string, root: Json | undefined): string {
  const parsed = checkPath(text);
  if ('problem' in parsed) return `No results for path: ${text}`;
  const { segments } = parsed.value;
  let value = root;
  let place = '$';
  for (const [i, segment] of segments.entries()) {
    if (value === undefined) break;
    if (!canSelect(segment, value)) return refusal(segment, value, place, i === segments.length - 1);
    value = follow(segment, value);
    place += fragment(segment);
  }
  return `No results for path: $${segments.map(fragment).join('')}`;
}

function refusal(segment: Segment, value: Json, place: string, isLast: boolean): string {
  const step = fragment(segment);
  if (segment.type === 'name' || segment.type === 'names') {
    if (!isJsonObject(value)) return `Property ${step} not found in path ${place}`;
    return `${isLast ? 'No results for path:' : 'Missing property in path'} ${place}${step}`;
  }
  if (segment.type !== 'filter' && value === null) return `The path ${place} is null`;
  const where = segment.type === 'filter' ? 'not be applied to primitives' : 'only be applied to arrays';
  return `Filter: ${step} can ${where}. Current context is: ${JSON.stringify(value)}`;
}

/** A step as that library writes it. */
function fragment(segment: Segment): string {
  switch (segment.type) {
    case 'name':
      return `['${segment.name}']`;
    case 'names':
      return `[${segment.names.map((name) => `'${name}'`).join(', ')}]`;
    case 'index':
      return `[${segment.index}]`;
    case 'indexes':
      return `[${segment.indexes.join(',')}]`;
    case 'slice':
      return `[${segment.from ?? ''}:${segment.to ?? ''}]`;
    case 'wildcard':
      return '[*]';
    case 'filter':
      return '[?]';
    case 'descend':
      return '..';
  }
}
