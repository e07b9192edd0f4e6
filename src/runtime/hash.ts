import { createHash } from 'node:crypto';
import type { NewDefinition } from '../core/definition.js';
import type { Publication } from '../core/engine.js';
import { canonicalText, type Json } from '../core/json.js';

/** A short name for a content: 128 bits of SHA-256, in hexadecimal. */
export function contentHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** The identity of a definition: same machine, language, source (its order of keys included) and code, same hash. */
export function identify(publication: Publication): NewDefinition {
  const { machine, language, source, code } = publication;
  const content = code === undefined ? [machine, language, source] : [machine, language, source, code];
  const hash = contentHash(JSON.stringify(content));
  return code === undefined ? { machine, language, source, hash } : { machine, language, source, hash, code };
}

/** Tells a repeated body from another one under the same id; the order of keys makes no difference. */
export function bodyHash(body: Json): string {
  return contentHash(canonicalText(body));
}
