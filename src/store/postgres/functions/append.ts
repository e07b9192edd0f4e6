import { OUT_OF_ROW_LENGTH } from '../../../core/limits.js';
import { MAX_STEP_BACK_MS } from '../../steady-clock.js';

/** When the first of the messages (a) is due that a mailbox (b) gets. */
const DUE = `least(
      a.due, CASE WHEN a.is_immediate THEN greatest(detent.arrival(b.arrived_at, now), now) END)`;

/**
 * Puts messages into their mailboxes, which the caller has locked, and says of each what became of it. A
 * message with a hash claims its id (rule 3). One without a due time is due on its arrival, which never is
 * before that of the one before it in the same mailbox (rule 4).
 */
export const APPEND = `
CREATE OR REPLACE FUNCTION detent.append(
  now bigint, known_only boolean, m_to text[], m_id text[], m_due bigint[], m_event text[], m_cause text[],
  m_hops int[], m_hash text[], m_timer boolean[]
) RETURNS text[] LANGUAGE plpgsql AS $body$
DECLARE
  results text[];
BEGIN
  IF cardinality(m_to) = 0 THEN RETURN '{}'; END IF;

  WITH u AS MATERIALIZED (
    SELECT u.*, row_number() OVER (PARTITION BY u.recipient, u.id, u.hash IS NULL ORDER BY u.ord) = 1 AS is_first,
      NOT known_only
        OR (SELECT b.definition FROM detent.mailbox b WHERE b.instance = u.recipient) <> '' IS TRUE AS is_known
    FROM unnest(m_to, m_id, m_hash) WITH ORDINALITY AS u (recipient, id, hash, ord)
  ), claimed AS (
    INSERT INTO detent.receipt (instance, event_id, hash)
    SELECT recipient, id, hash FROM u WHERE hash IS NOT NULL AND is_first AND is_known
    ON CONFLICT DO NOTHING
    RETURNING instance, event_id
  )
  SELECT array_agg(
    CASE
      WHEN NOT is_known THEN 'unknown'
      WHEN u.hash IS NULL OR is_first AND (u.recipient, u.id) IN (SELECT instance, event_id FROM claimed)
        THEN 'accepted'
      ELSE 'taken'
    END ORDER BY u.ord)
  INTO results
  FROM u;

  IF 'taken' = ANY (results) THEN
    SELECT array_agg(
      CASE WHEN u.result <> 'taken' THEN u.result WHEN r.hash = u.hash THEN 'duplicate' ELSE 'conflict' END
      ORDER BY u.ord)
    INTO results
    FROM unnest(m_to, m_id, m_hash, results) WITH ORDINALITY AS u (recipient, id, hash, result, ord)
    LEFT JOIN detent.receipt r ON u.result = 'taken' AND r.instance = u.recipient AND r.event_id = u.id;
  END IF;

  INSERT INTO detent.payload (instance, hash, text)
  SELECT DISTINCT ON (1, 2) u.recipient, sha256(convert_to(u.event, 'UTF8')), u.event
  FROM unnest(m_to, m_event, results) AS u (recipient, event, result)
  WHERE u.result = 'accepted' AND octet_length(u.event) > ${OUT_OF_ROW_LENGTH}
  ON CONFLICT DO NOTHING;

  INSERT INTO detent.message (recipient, id, due_at, event, payload, seed, cause, hops, timer)
  SELECT u.recipient, u.id,
    coalesce(u.due, detent.arrival(b.arrived_at, now)),
    CASE WHEN octet_length(u.event) <= ${OUT_OF_ROW_LENGTH} THEN u.event END,
    CASE WHEN octet_length(u.event) > ${OUT_OF_ROW_LENGTH} THEN sha256(convert_to(u.event, 'UTF8')) END,
    gen_random_uuid()::text, u.cause, u.hops, u.timer
  FROM unnest(m_to, m_id, m_due, m_event, m_cause, m_hops, m_timer, results)
    WITH ORDINALITY AS u (recipient, id, due, event, cause, hops, timer, result, ord)
  CROSS JOIN LATERAL (SELECT b.arrived_at FROM detent.mailbox b WHERE b.instance = u.recipient LIMIT 1) b
  WHERE u.result = 'accepted'
  ORDER BY u.ord;

  UPDATE detent.mailbox b SET
    next_due_at = least(b.next_due_at, ${DUE}),
    arrived_at = CASE WHEN a.is_immediate THEN detent.arrival(b.arrived_at, now) ELSE b.arrived_at END
  FROM (
    SELECT u.recipient, bool_or(u.due IS NULL) AS is_immediate,
      CASE WHEN count(u.due) > 0 THEN greatest(min(u.due), now) END AS due
    FROM unnest(m_to, m_due, results) AS u (recipient, due, result)
    WHERE u.result = 'accepted'
    GROUP BY u.recipient
  ) a
  WHERE b.instance = a.recipient
    AND (b.next_due_at IS NULL OR b.next_due_at > ${DUE} OR a.is_immediate AND b.arrived_at <> now);
  RETURN results;
END
$body$`;

/** When a message arrives: now, or with the one before it where the clock stepped back a little since. */
export const ARRIVAL = `
CREATE OR REPLACE FUNCTION detent.arrival(before bigint, now bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $body$
  SELECT CASE WHEN before - now > ${MAX_STEP_BACK_MS} THEN now ELSE greatest(before, now) END
$body$`;
