import { md5 } from './md5.js';
import { sha1 } from './sha1.js';
import { sha256 } from './sha256.js';
import { sha512 } from './sha512.js';

/** The algorithms that Step Functions has, by its names. */
export const DIGEST_ALGORITHMS = ['MD5', 'SHA-1', 'SHA-256', 'SHA-384', 'SHA-512'] as const;

export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number];

/**
 * The digest of a text in UTF-8, in hexadecimal. Written here because an expression may not reach for the platform.
 *
 * @example
 * digest('abc', 'MD5'); // => '900150983cd24fb0d6963f7d28e17f72'
 */
export function digest(text: string, algorithm: DigestAlgorithm): string {
  const bytes = new TextEncoder().encode(text);
  switch (algorithm) {
    case 'MD5':
      return md5(bytes);
    case 'SHA-1':
      return sha1(bytes);
    case 'SHA-256':
      return sha256(bytes);
    default:
      return sha512(bytes, algorithm);
  }
}

export function isDigestAlgorithm(name: unknown): name is DigestAlgorithm {
  return DIGEST_ALGORITHMS.some((known) => known === name);
}
