import { SETTINGS } from './settings.js';

/**
 * The instances of leases with their first due messages, a row for each message, or one for an instance that has
 * none. The state stands in the first row of an instance alone.
 */
export const LOAD = `
CREATE OR REPLACE FUNCTION detent.load(given bigint, l_instance text[], l_token text[], wanted int)
RETURNS TABLE (
  now bigint, ord bigint, id text, machine text, definition text, status text, revision bigint, parent text,
  created_at bigint, updated_at bigint, state text, seq bigint, recipient text, message_id text, due_at bigint,
  event text, seed text, cause text, hops int
) LANGUAGE plpgsql STABLE ${SETTINGS} AS $body$
#variable_conflict use_column
DECLARE
  at bigint := detent.now_ms(given);
BEGIN
  RETURN QUERY
  SELECT at, l.ord, i.id, i.machine, i.definition, i.status, i.revision, i.parent, i.created_at, i.updated_at,
    CASE WHEN coalesce(m.n, 1) = 1 THEN i.state END, m.seq, m.recipient, m.id, m.due_at,
    coalesce(m.event, (
      SELECT p.text FROM detent.payload p WHERE p.instance = m.recipient AND p.hash = m.payload)),
    m.seed, m.cause, m.hops
  FROM unnest(l_instance, l_token) WITH ORDINALITY AS l (instance, token, ord)
  CROSS JOIN LATERAL (SELECT i.* FROM detent.instance i WHERE i.id = l.instance LIMIT 1) i
  LEFT JOIN LATERAL (
    SELECT d.*, row_number() OVER (ORDER BY d.due_at, d.seq) AS n
    FROM detent.message d WHERE d.recipient = l.instance AND d.due_at <= at
    ORDER BY d.due_at, d.seq LIMIT wanted
  ) m ON true
  WHERE (SELECT h.token FROM detent.lease h WHERE h.instance = l.instance) = l.token
  ORDER BY l.ord, m.n;
END
$body$`;
