import { parse } from '../expression/jsonata/parser.js';
import type { Node } from '../expression/jsonata/syntax-tree.js';
import { SourceError } from '../expression/source-error.js';

/** What `$states` offers in some fields only: the result in a state's Output and Assign, the error output in a Catcher's. */
export type Offered = 'result' | 'errorOutput';

/**
 * What AWS refuses of an expression that is otherwise right, in its words, each once: whatever reads the context that an
 * expression does not have. Only the first step of a path does; a function's body has the context of what is around it.
 * Of a text that cannot be parsed it says nothing.
 *
 * @example
 * unsupportedReferences('phone & $states.input.name', []); // => ["Reference to 'phone' at the top level is not supported."]
 * unsupportedReferences('$states.input.items[price > 3]', []); // => []
 * unsupportedReferences('$states.errorOutput.Cause', ['result']); // => ["Field '$states.errorOutput' does not exist."]
 */
export function unsupportedReferences(text: string, offered: readonly Offered[]): readonly string[] {
  const found = new Set<string>();
  try {
    visit(parse(text), new Set<string>(offered), found);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
  }
  return [...found];
}

function visit(node: Node | undefined, offered: ReadonlySet<string>, found: Set<string>): void {
  if (node === undefined) return;
  const each = (nodes: readonly (Node | undefined)[]): void => {
    for (const inner of nodes) visit(inner, offered, found);
  };
  switch (node.type) {
    case 'name':
      found.add(atTopLevel(node.value));
      return;
    case 'variable':
      if (node.name === '') found.add(atTopLevel('$'));
      else if (node.name === '$') found.add("Reference to '$$' is not supported.");
      return;
    case 'path': {
      const [first, second] = node.steps;
      visit(first, offered, found);
      if (first?.type !== 'variable' || first.name !== 'states' || second?.type !== 'name') return;
      const { value: field } = second;
      if (isSometimes(field) && !offered.has(field)) found.add(`Field '$states.${field}' does not exist.`);
      return;
    }
    case 'binary':
    case 'apply':
    case 'fallback':
      each([node.left, node.right]);
      return;
    case 'negate':
      visit(node.operand, offered, found);
      return;
    case 'array':
      each(node.items);
      return;
    case 'object':
      each(node.pairs.flat());
      return;
    case 'block':
      each(node.expressions);
      return;
    case 'condition':
      each([node.test, node.then, node.otherwise]);
      return;
    case 'bind':
      visit(node.value, offered, found);
      return;
    case 'lambda':
      visit(node.body, offered, found);
      return;
    case 'call':
      each([node.callee, ...node.args]);
      return;
    default:
  }
}

function isSometimes(field: string): field is Offered {
  return field === 'result' || field === 'errorOutput';
}

function atTopLevel(name: string): string {
  return `Reference to '${name}' at the top level is not supported.`;
}
