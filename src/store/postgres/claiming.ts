import type { Message } from '../../core/message.js';
import { messagesAt } from '../caution.js';
import type { Claim, ClaimQuery } from '../store.js';
import type { Database, Row } from './database.js';
import { instanceOf, messageOf } from './rows.js';
import { CLAIM, LOAD } from './sql/calls.js';

/** Takes mailboxes with what is in them: in one call, unless that is too large to come along. */
export async function claim(
  database: Database,
  { worker, limit, leaseMs, definitions, messages, fresh = false }: ClaimQuery,
  time: () => number | null,
): Promise<readonly Claim[]> {
  const rows = await database.rows(CLAIM, time(), worker, limit, leaseMs, definitions, messages, fresh);
  const claims = claimsOf(rows);
  const large = rows.filter(([, , , isHere]) => isHere === false);
  if (large.length === 0) return [...claims.values()];
  const [instances, tokens, attempts] = [4, 0, 1].map((column) => large.map((row) => row[column])) as [
    string[],
    string[],
    number[],
  ];
  const wanted = messagesAt(Math.max(...attempts), messages);
  const loaded = claimsOf(await database.rows(LOAD, time(), instances, tokens, attempts, wanted));
  for (const instance of instances) {
    const claim = loaded.get(instance);
    if (claim === undefined) claims.delete(instance);
    else claims.set(instance, claim);
  }
  return [...claims.values()];
}

/** An instance comes once for each of its messages, its state with the first alone. */
function claimsOf(rows: readonly Row[]): Map<string, Claim> {
  const claims = new Map<string, Claim & { readonly load: { readonly messages: Message[] } }>();
  for (const row of rows) {
    const [token, attempts, now, , id, ...rest] = row as [string, number, number, boolean, string];
    let claim = claims.get(id);
    if (claim === undefined) {
      const instance = instanceOf([id, ...rest]);
      claim = { instance: id, token, attempts, load: { instance, messages: [], now } };
      claims.set(id, claim);
    }
    if (row[13] !== null) claim.load.messages.push(messageOf(row.slice(13)));
  }
  return claims;
}
