import { SourceError } from '../source-error.js';
import type { Compiling } from './compiling.js';
import type { RegexNode } from './syntax-tree.js';
import type { Code } from './value.js';

export function compileRegex(node: RegexNode, _compiling: Compiling): Code {
  throw new SourceError('regex-unsupported', 'regular expressions are not supported yet', node.position);
}
