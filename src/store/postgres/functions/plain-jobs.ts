import { SETTINGS } from './settings.js';

/** Puts plain jobs into queues, unless they are there, and says of each what became of it. */
export const ENQUEUE = `
CREATE OR REPLACE FUNCTION detent.enqueue(
  given bigint, q_id text[], q_hash text[], q_queue text[], q_name text[], q_priority int[], q_input text[],
  q_delay bigint[], q_attempts int[], q_retry_delay float8[], q_rate float8[], q_max_delay float8[],
  q_timeout bigint[], q_heartbeat bigint[]
) RETURNS text[] LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint := detent.now_ms(given);
  made text[];
  results text[];
BEGIN
  WITH added AS (
    INSERT INTO detent.job
      (id, machine, hash, queue, name, priority, input, ask, status, max_attempts, delay_ms, rate, max_delay_ms,
       timeout_ms, heartbeat_ms, created_at, due_at)
    SELECT q.id, '', q.hash, q.queue, q.name, q.priority, q.input, false, 'pending', q.attempts, q.retry_delay,
      q.rate, q.max_delay, q.timeout, q.heartbeat, now, now + q.delay
    FROM (
      SELECT DISTINCT ON (q.id) q.*
      FROM unnest(q_id, q_hash, q_queue, q_name, q_priority, q_input, q_delay, q_attempts, q_retry_delay, q_rate,
        q_max_delay, q_timeout, q_heartbeat)
        WITH ORDINALITY AS q (id, hash, queue, name, priority, input, delay, attempts, retry_delay, rate,
          max_delay, timeout, heartbeat, ord)
      ORDER BY q.id, q.ord
    ) q
    ORDER BY q.ord
    ON CONFLICT (id) DO NOTHING
    RETURNING id
  )
  SELECT coalesce(array_agg(id), '{}') INTO made FROM added;

  SELECT array_agg(
    CASE
      WHEN q.id = ANY (made) AND q.is_first THEN 'created'
      WHEN j.hash = q.hash THEN 'exists'
      ELSE 'conflict'
    END ORDER BY q.ord)
  INTO results
  FROM (
    SELECT q.*, row_number() OVER (PARTITION BY q.id ORDER BY q.ord) = 1 AS is_first
    FROM unnest(q_id, q_hash) WITH ORDINALITY AS q (id, hash, ord)
  ) q
  LEFT JOIN detent.job j ON j.id = q.id;
  RETURN results;
END
$body$`;

/** Cancels a plain job that has not ended, or makes one pending again that failed or was cancelled. */
export const CHANGE_JOB = `
CREATE OR REPLACE FUNCTION detent.change_job(given bigint, a_id text, cancels boolean) RETURNS text
LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint;
  found_job detent.job;
BEGIN
  SELECT * INTO found_job FROM detent.job j WHERE j.id = a_id FOR NO KEY UPDATE;
  IF NOT FOUND THEN RETURN 'unknown'; END IF;
  IF found_job.instance IS NOT NULL THEN RETURN 'owned'; END IF;
  now := detent.now_ms(given);
  UPDATE detent.job j SET
    status = CASE WHEN cancels THEN 'cancelled' ELSE 'pending' END,
    ended_at = CASE WHEN cancels THEN now END,
    attempts = CASE WHEN cancels THEN j.attempts ELSE 0 END,
    due_at = CASE WHEN cancels THEN j.due_at ELSE now END,
    deadline_at = NULL, expires_at = NULL, token = NULL, worker = NULL, lease_until = NULL, beat_at = NULL
  WHERE j.id = a_id
    AND j.status = ANY (CASE WHEN cancels THEN '{pending,processing}'::text[] ELSE '{failed,cancelled}' END);
  RETURN CASE WHEN FOUND THEN 'changed' ELSE 'unchanged' END;
END
$body$`;
