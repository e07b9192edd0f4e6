import { ISOLATED_DELIVERIES } from '../../../core/limits.js';
import { SETTINGS } from './settings.js';

/** Jobs that are looked at beyond those that are wanted, for those that others are just claiming. */
const SLACK = 64;

/** When a job's attempt ends by itself, as `expiresAt` has it; null for never. */
export const JOB_EXPIRY = `
CREATE OR REPLACE FUNCTION detent.job_expiry(
  deadline_at bigint, heartbeat_ms bigint, beat_at bigint, attempts int, max_attempts int, lease_until bigint
) RETURNS bigint LANGUAGE sql IMMUTABLE AS $body$
  SELECT least(
    deadline_at, beat_at + heartbeat_ms, CASE WHEN attempts >= max_attempts THEN lease_until END)
$body$`;

/** The lanes that jobs wait in: queue, name and priority, one seek in the index for each. */
export const LANES = `
CREATE OR REPLACE FUNCTION detent.lanes(names text[], queues text[])
RETURNS TABLE (queue text, name text, priority smallint) LANGUAGE sql STABLE AS $body$
  WITH RECURSIVE lane AS (
    (SELECT j.queue, j.name, j.priority FROM detent.job j WHERE j.status = 'pending'
     ORDER BY j.queue, j.name, j.priority LIMIT 1)
    UNION ALL
    SELECT n.queue, n.name, n.priority FROM lane l CROSS JOIN LATERAL (
      SELECT j.queue, j.name, j.priority FROM detent.job j
      WHERE j.status = 'pending' AND (j.queue, j.name, j.priority) > (l.queue, l.name, l.priority)
      ORDER BY j.queue, j.name, j.priority LIMIT 1
    ) n
  )
  SELECT l.queue, l.name, l.priority FROM lane l
  WHERE (names IS NULL OR l.name = ANY (names)) AND (queues IS NULL OR l.queue = ANY (queues))
    AND NOT EXISTS (SELECT FROM detent.paused p WHERE p.kind = 'queue' AND p.name = l.queue)
$body$`;

/**
 * Hands out jobs that are due and those whose worker's lease ran out, by (priority, due, seq); of those that died
 * with many workers one alone, and none to whom is `isolated` (rule 7). Whoever claims from a queue with a limit
 * holds its row: one after the other, so that no two take its last place.
 */
export const CLAIM_JOBS = `
CREATE OR REPLACE FUNCTION detent.claim_jobs(
  given bigint, a_worker text, wanted int, lease_ms bigint, names text[], queues text[],
  isolated boolean
) RETURNS SETOF detent.job LANGUAGE plpgsql ${SETTINGS} AS $body$
#variable_conflict use_column
DECLARE
  now bigint := detent.now_ms(given);
  fresh text := gen_random_uuid()::text;
  looked int := wanted + ${SLACK};
  candidates text[];
  taken text[];
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM FROM detent.queue q WHERE queues IS NULL OR q.name = ANY (queues) ORDER BY q.name FOR NO KEY UPDATE;

  SELECT array_agg(f.id) INTO candidates FROM (
    SELECT c.id FROM (
      SELECT r.id, r.seq, r.priority, r.due_at, NULL::bigint AS rank, NULL::bigint AS free
      FROM (
        SELECT j.*, j.attempts >= ${ISOLATED_DELIVERIES} AS is_apart,
          row_number() OVER (
            PARTITION BY j.attempts >= ${ISOLATED_DELIVERIES} ORDER BY j.priority, j.due_at, j.seq) AS place
        FROM detent.job j
        WHERE j.status = 'processing' AND j.lease_until <= now AND (j.expires_at IS NULL OR j.expires_at > now)
          AND (names IS NULL OR j.name = ANY (names)) AND (queues IS NULL OR j.queue = ANY (queues))
          AND NOT EXISTS (SELECT FROM detent.paused p WHERE p.kind = 'queue' AND p.name = j.queue)
      ) r
      WHERE NOT r.is_apart OR r.place = 1 AND NOT isolated
      UNION ALL
      SELECT d.id, d.seq, l.priority, d.due_at,
        row_number() OVER (PARTITION BY l.queue ORDER BY l.priority, d.due_at, d.seq), l.free
      FROM (
        SELECT l.*, q.concurrency - (
          SELECT count(*) FROM detent.job p WHERE p.status = 'processing' AND p.queue = l.queue) AS free
        FROM detent.lanes(names, queues) l LEFT JOIN detent.queue q ON q.name = l.queue
      ) l
      CROSS JOIN LATERAL (
        SELECT j.id, j.seq, j.due_at FROM detent.job j
        WHERE j.status = 'pending' AND j.queue = l.queue AND j.name = l.name AND j.priority = l.priority
          AND j.due_at <= now AND (j.expires_at IS NULL OR j.expires_at > now)
        ORDER BY j.due_at, j.seq LIMIT looked
      ) d
    ) c
    WHERE c.free IS NULL OR c.rank <= c.free
    ORDER BY c.priority, c.due_at, c.seq LIMIT looked
  ) f;
  IF candidates IS NULL THEN RETURN; END IF;

  SELECT array_agg(l.id) INTO taken FROM (
    SELECT j.id FROM detent.job j
    WHERE j.id = ANY (candidates)
      AND (j.status = 'pending' AND j.due_at <= now OR j.status = 'processing' AND j.lease_until <= now)
    ORDER BY j.priority, j.due_at, j.seq LIMIT wanted
    FOR NO KEY UPDATE SKIP LOCKED
  ) l;

  RETURN QUERY UPDATE detent.job j SET
    status = 'processing', attempts = j.attempts + 1, started_at = now, beat_at = now, token = fresh,
    worker = a_worker, lease_until = now + lease_ms,
    deadline_at = CASE WHEN j.timeout_ms IS NULL THEN j.deadline_at ELSE now + j.timeout_ms END,
    expires_at = detent.job_expiry(
      CASE WHEN j.timeout_ms IS NULL THEN j.deadline_at ELSE now + j.timeout_ms END, j.heartbeat_ms, now,
      j.attempts + 1, j.max_attempts, now + lease_ms)
  WHERE j.id = ANY (taken)
  RETURNING j.*;
END
$body$`;

/** Renews leases, and tells that handlers are alive; answers the jobs that are no longer the caller's. */
export const EXTEND_JOBS = `
CREATE OR REPLACE FUNCTION detent.extend_jobs(
  given bigint, l_id text[], l_token text[], l_beat boolean[], lease_ms bigint
) RETURNS text[] LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint;
  lost text[];
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM FROM detent.job j WHERE j.id = ANY (l_id) ORDER BY j.id FOR NO KEY UPDATE;
  now := detent.now_ms(given);
  WITH kept AS (
    UPDATE detent.job j SET
      lease_until = now + lease_ms, beat_at = CASE WHEN l.beat THEN now ELSE j.beat_at END,
      expires_at = detent.job_expiry(
        j.deadline_at, j.heartbeat_ms, CASE WHEN l.beat THEN now ELSE j.beat_at END, j.attempts, j.max_attempts,
        now + lease_ms)
    FROM unnest(l_id, l_token, l_beat) AS l (id, token, beat)
    WHERE j.id = l.id AND j.token = l.token
    RETURNING j.id, j.token
  )
  SELECT coalesce(array_agg(l.id ORDER BY l.ord), '{}') INTO lost
  FROM unnest(l_id, l_token) WITH ORDINALITY AS l (id, token, ord)
  WHERE NOT EXISTS (SELECT FROM kept k WHERE k.id = l.id AND k.token = l.token);
  RETURN lost;
END
$body$`;

/** Makes jobs pending again whose worker cannot go on with them, the attempt given back. */
export const RELEASE_JOBS = `
CREATE OR REPLACE FUNCTION detent.release_jobs(l_id text[], l_token text[]) RETURNS void
LANGUAGE plpgsql ${SETTINGS} AS $body$
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM FROM detent.job j WHERE j.id = ANY (l_id) ORDER BY j.id FOR NO KEY UPDATE;
  UPDATE detent.job j SET
    status = 'pending', attempts = j.attempts - 1, started_at = NULL, beat_at = NULL, token = NULL,
    worker = NULL, lease_until = NULL,
    deadline_at = CASE WHEN j.instance IS NOT NULL THEN j.deadline_at END,
    expires_at = CASE WHEN j.instance IS NOT NULL THEN j.deadline_at END
  FROM unnest(l_id, l_token) AS l (id, token)
  WHERE j.id = l.id AND j.token = l.token;
END
$body$`;
