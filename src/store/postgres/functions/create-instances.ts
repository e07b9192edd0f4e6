import { SETTINGS } from './settings.js';

/**
 * Makes instances with their start messages, unless they exist, and says of each what became of it. The caller
 * has locked their mailboxes, and made those that were missing.
 */
export const CREATE_INSTANCES = `
CREATE OR REPLACE FUNCTION detent.create_instances(
  now bigint, i_id text[], i_machine text[], i_definition text[], i_hash text[], i_parent text[],
  i_detached boolean[], s_id text[], s_event text[], s_cause text[], s_hops int[], s_hash text[]
) RETURNS text[] LANGUAGE plpgsql AS $body$
DECLARE
  made text[];
  results text[];
BEGIN
  WITH added AS (
    INSERT INTO detent.instance
      (id, machine, definition, input_hash, status, revision, parent, detached, created_at, updated_at)
    SELECT u.id, u.machine, u.definition, u.hash, 'running', 0, u.parent, u.detached, now, now
    FROM (
      SELECT DISTINCT ON (u.id) u.*
      FROM unnest(i_id, i_machine, i_definition, i_hash, i_parent, i_detached)
        WITH ORDINALITY AS u (id, machine, definition, hash, parent, detached, ord)
      ORDER BY u.id, u.ord
    ) u
    ORDER BY u.ord
    ON CONFLICT (id) DO NOTHING
    RETURNING id
  )
  SELECT coalesce(array_agg(id), '{}') INTO made FROM added;

  SELECT array_agg(
    CASE
      WHEN u.id = ANY (made) AND u.is_first THEN 'created'
      WHEN i.machine = u.machine AND i.input_hash = u.hash THEN 'exists'
      ELSE 'conflict'
    END ORDER BY u.ord)
  INTO results
  FROM (
    SELECT u.*, row_number() OVER (PARTITION BY u.id ORDER BY u.ord) = 1 AS is_first
    FROM unnest(i_id, i_machine, i_hash) WITH ORDINALITY AS u (id, machine, hash, ord)
  ) u
  JOIN detent.instance i ON i.id = u.id;

  -- What was given up on for the lack of its instance goes on.
  UPDATE detent.mailbox b SET
    definition = i.definition, parked = NULL, parked_at = NULL
  FROM detent.instance i
  WHERE b.instance = ANY (made) AND i.id = b.instance;

  -- Due before everything that waited for it.
  PERFORM detent.append(
    now, false, array_agg(u.id), array_agg(u.s_id), array_agg(0::bigint), array_agg(u.s_event),
    array_agg(u.s_cause), array_agg(u.s_hops), array_agg(u.s_hash), array_agg(false))
  FROM unnest(i_id, s_id, s_event, s_cause, s_hops, s_hash, results)
    AS u (id, s_id, s_event, s_cause, s_hops, s_hash, result)
  WHERE u.result = 'created'
  HAVING count(*) > 0;
  RETURN results;
END
$body$`;

/** The call from outside. */
export const CREATE = `
CREATE OR REPLACE FUNCTION detent.create_all(
  given bigint, i_id text[], i_machine text[], i_definition text[], i_hash text[], i_parent text[],
  i_detached boolean[], s_id text[], s_event text[], s_cause text[], s_hops int[], s_hash text[]
) RETURNS text[] LANGUAGE plpgsql ${SETTINGS} AS $body$
BEGIN
  PERFORM detent.make_mailboxes(i_id);
  PERFORM detent.lock_mailboxes(i_id);
  RETURN detent.create_instances(
    detent.now_ms(given), i_id, i_machine, i_definition, i_hash, i_parent, i_detached, s_id, s_event, s_cause,
    s_hops, s_hash);
END
$body$`;
