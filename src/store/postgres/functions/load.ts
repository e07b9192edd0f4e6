import { SETTINGS } from './settings.js';

/**
 * Bytes of text that come with a claim at most. What is beyond is loaded when the claim is committed: a worker that
 * dies of too large a mailbox has its attempt counted (rule 8).
 */
export const CLAIMED_BYTES = 4 * 1_048_576;

/** Of held instances with their messages; the token and the attempts are those of the lease. */
export const LOADED_COLUMNS = `
  token text, attempts int, at bigint, is_here boolean, id text, machine text, definition text, status text,
  revision bigint, parent text, created_at bigint, updated_at bigint, state text, seq bigint, recipient text,
  message_id text, due_at bigint, event text, seed text, cause text, hops int`;

/**
 * The rows of instances that are held, given as `FROM … l (instance, token, attempts, ord)`: one for each of the
 * first due messages, or one for an instance that has none. The state stands in the first row of an instance alone.
 */
export function loaded(held: string, now: string, wanted: string): string {
  return `
  SELECT l.ord, coalesce(m.n, 1) AS n, l.token, l.attempts, i.id, i.machine, i.definition, i.status, i.revision,
    i.parent, i.created_at, i.updated_at, CASE WHEN coalesce(m.n, 1) = 1 THEN i.state END AS state,
    m.seq, m.recipient, m.id AS message_id, m.due_at,
    coalesce(m.event, (
      SELECT p.text FROM detent.payload p WHERE p.instance = m.recipient AND p.hash = m.payload)) AS event,
    m.seed, m.cause, m.hops
  FROM ${held}
  CROSS JOIN LATERAL (SELECT i.* FROM detent.instance i WHERE i.id = l.instance LIMIT 1) i
  LEFT JOIN LATERAL (
    SELECT d.*, row_number() OVER (ORDER BY d.due_at, d.seq) AS n
    FROM detent.message d WHERE d.recipient = l.instance AND d.due_at <= ${now}
    ORDER BY d.due_at, d.seq LIMIT ${wanted}
  ) m ON true`;
}

/** What did not come with its claim, of leases that still hold. */
export const LOAD = `
CREATE OR REPLACE FUNCTION detent.load(
  given bigint, l_instance text[], l_token text[], l_attempts int[], wanted int
) RETURNS TABLE (${LOADED_COLUMNS}) LANGUAGE plpgsql STABLE ${SETTINGS} AS $body$
#variable_conflict use_column
DECLARE
  now bigint := detent.now_ms(given);
BEGIN
  RETURN QUERY
  SELECT r.token, r.attempts, now, true, r.id, r.machine, r.definition, r.status, r.revision, r.parent,
    r.created_at, r.updated_at, r.state, r.seq, r.recipient, r.message_id, r.due_at, r.event, r.seed, r.cause,
    r.hops
  FROM (${loaded('unnest(l_instance, l_token, l_attempts) WITH ORDINALITY AS l (instance, token, attempts, ord)', 'now', 'wanted')}) r
  WHERE (SELECT h.token FROM detent.lease h WHERE h.instance = r.id) = r.token
  ORDER BY r.ord, r.n;
END
$body$`;
