import { createHash } from 'node:crypto';
import { OUT_OF_ROW_LENGTH } from '../../core/limits.js';
import type { Database } from './database.js';

const STOW = `
  INSERT INTO payload (owner, hash, text) VALUES (?, ?, ?)
  ON CONFLICT (owner, hash) DO NOTHING`;

/** What no row of its owner's refers to any more. */
const FORGET = `
  DELETE FROM payload WHERE owner = ?1 AND hash = ?2
    AND NOT EXISTS (SELECT 1 FROM message WHERE recipient = ?1 AND payload = ?2)
    AND NOT EXISTS (SELECT 1 FROM journal WHERE instance = ?1 AND payload = ?2)
    AND NOT EXISTS (SELECT 1 FROM job WHERE instance = ?1 AND payload = ?2)`;

/** The owner of a plain job's text: no instance's id begins with a slash. */
export function plainJobOwner(id: string): string {
  return `/${id}`;
}

/**
 * What stands in the columns of a text: the text and no payload, or, where it is long, nothing and the hash of
 * what is kept in `payload`, once for its owner however many of its rows refer to it.
 */
export function stow(
  database: Database,
  owner: string,
  text: string,
): [text: string, payload: string | null] {
  if (text.length <= OUT_OF_ROW_LENGTH) return [text, null];
  const hash = createHash('sha256').update(text).digest('base64url');
  database.run(STOW, owner, hash, text);
  return ['', hash];
}

/** Deletes a text that a row referred to which is gone, unless others of its owner's do. */
export function forget(database: Database, owner: string, hash: string): void {
  database.run(FORGET, owner, hash);
}

/** SQL for a text as it was stowed: `row` is the table, or its alias; `owner` SQL for the owner. */
export function stowed(row: string, column: string, owner: string): string {
  return `CASE WHEN ${row}.payload IS NULL THEN ${row}.${column}
    ELSE (SELECT text FROM payload p WHERE p.owner = ${owner} AND p.hash = ${row}.payload) END`;
}
