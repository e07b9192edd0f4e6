import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { MAX_DEFINITION_BYTES } from '../core/limits.js';

/**
 * Reads the files that a document speaks of, from its own folder and those below it: `data.txt` or `file:data.txt`.
 * Undefined for everything else, whatever is not there or too large included.
 */
export function neighbourFiles(document: string): (address: string) => string | undefined {
  return (address) => {
    const path = address.replace(/^file:/, '');
    if (/^[a-z][a-z\d+.-]*:|^[\\/]/i.test(path) || path.split(/[\\/]/).includes('..')) return undefined;
    try {
      const file = join(dirname(document), path);
      const { size } = statSync(file);
      return size > MAX_DEFINITION_BYTES ? undefined : readFileSync(file, 'utf8');
    } catch {
      return undefined;
    }
  };
}
