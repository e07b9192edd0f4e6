import type { Json } from '../../core/json.js';
import type { Compiling } from './compiling.js';
import { compileGroup } from './grouping.js';
import type { ArrayNode, Literal, ObjectNode } from './syntax-tree.js';
import { addAll, type Code, isArray, isSeveral, Row, Sequence, type Value } from './value.js';

export function compileLiteral({ value }: Literal): Code {
  const constant: Json = value;
  return () => constant;
}

/** `[a, b]`: what an item finds is added item by item, except that arrays written inside stay arrays. */
export function compileArray(node: ArrayNode, compiling: Compiling): Code {
  const parts = node.items.map((item) => ({ code: compiling.node(item), asOne: item.type === 'array' }));
  return (input, scope) => {
    const array: Value[] = [];
    for (const { code, asOne } of parts) {
      const result = code(input, scope);
      if (result === undefined) continue;
      if (isSeveral(result)) addAll(array, result.items, scope.run);
      else if (isArray(result) && !asOne) addAll(array, result, scope.run);
      else array.push(result);
    }
    return array;
  };
}

/** `{a: b}`: the pairs are evaluated for the context as a grouping would. */
export function compileObject(node: ObjectNode, compiling: Compiling): Code {
  const context: Code = (input) => (input instanceof Row ? new Sequence([input.items]) : input);
  return compileGroup({ pairs: node.pairs, position: node.position }, context, compiling);
}
