import { JOB_ERRORS } from '../../../core/job.js';
import { DEAD_LETTER_MS } from '../../../core/limits.js';
import { DEAD_LETTER } from '../../parking.js';
import { SETTINGS } from './settings.js';

/**
 * How an attempt that has expired ends, as jobs end: the rest of the answer, which is also what is kept. Says
 * what `expiredEnd` says.
 */
const EXPIRED = `
    CASE
      WHEN j.deadline_at <= now
        THEN '"error":"${JOB_ERRORS.timeout}","cause":"it had no answer before its deadline"'
      WHEN j.beat_at + j.heartbeat_ms <= now
        THEN '"error":"${JOB_ERRORS.heartbeat}","cause":"its handler was silent for ' || j.heartbeat_ms || ' ms"'
      ELSE '"error":"${JOB_ERRORS.workerLost}","cause":"its worker was lost; it was handed out ' || j.attempts
        || ' times"'
    END`;

/** The pause before the next attempt of a plain job, as `backoffMs` has it; no power here gets out of range. */
export const BACKOFF_MS = `
CREATE OR REPLACE FUNCTION detent.backoff_ms(delay_ms float8, rate float8, max_delay_ms float8, attempt int)
RETURNS bigint LANGUAGE sql IMMUTABLE AS $body$
  SELECT CASE
    WHEN delay_ms = 0 OR ln(greatest(rate, 1e-9)) * (attempt - 1) < -60 THEN 0
    WHEN ln(greatest(rate, 1e-9)) * (attempt - 1) > 60 THEN max_delay_ms
    ELSE least(floor(delay_ms * power(rate, attempt - 1) + 0.5), max_delay_ms)
  END::bigint
$body$`;

/** Whether a job (j) that ended so (f) is tried again: as `dueAgainAt` has it. */
const IS_RETRIED = '(NOT f.done AND NOT f.final AND j.instance IS NULL AND j.attempts < j.max_attempts)';

/**
 * Ends jobs, or lets them be tried again, and answers their instances where that is `answered`. The caller has
 * locked their mailboxes and then them, and they are processing or have expired. `f_token`: whose call it is, null
 * where it is nobody's. `f_rest`: the members of the answer that say how it ended.
 */
export const FINISH_JOBS = `
CREATE OR REPLACE FUNCTION detent.finish_jobs(
  now bigint, f_id text[], f_token text[], f_done boolean[], f_rest text[], f_final boolean[], answered boolean
) RETURNS text[] LANGUAGE plpgsql AS $body$
DECLARE
  answers record;
BEGIN
  WITH finished AS (
    UPDATE detent.job j SET
      status = CASE WHEN ${IS_RETRIED} THEN 'pending' WHEN f.done THEN 'completed' ELSE 'failed' END,
      ended_at = CASE WHEN NOT ${IS_RETRIED} THEN now END,
      due_at = CASE
        WHEN ${IS_RETRIED} THEN now + detent.backoff_ms(j.delay_ms, j.rate, j.max_delay_ms, j.attempts)
        ELSE j.due_at END,
      deadline_at = CASE WHEN j.instance IS NOT NULL THEN j.deadline_at END,
      output = CASE WHEN f.done AND j.instance IS NULL THEN substr(f.rest, 10) END,
      failure = CASE WHEN NOT f.done THEN '{' || f.rest || '}' END,
      ended_by = coalesce(f.token, j.ended_by),
      ended_as = CASE
        WHEN f.token IS NULL THEN j.ended_as WHEN ${IS_RETRIED} THEN 'retried' ELSE 'ended' END,
      expires_at = NULL, token = NULL, worker = NULL, lease_until = NULL, beat_at = NULL
    FROM unnest(f_id, f_token, f_done, f_rest, f_final) WITH ORDINALITY AS f (id, token, done, rest, final, ord)
    WHERE j.id = f.id
    RETURNING f.ord, j.status, j.id, j.instance, j.ask, j.effect, j.started_at, f.done, f.rest
  )
  SELECT array_agg(CASE WHEN f.status = 'pending' THEN 'retried' ELSE 'ended' END ORDER BY f.ord) AS results,
    array_agg(f.instance ORDER BY f.ord) FILTER (WHERE f.ask) AS instances,
    array_agg(f.id ORDER BY f.ord) FILTER (WHERE f.ask) AS ids,
    array_agg(regexp_replace(f.id, '/[^/]*$', '') ORDER BY f.ord) FILTER (WHERE f.ask) AS causes,
    array_agg(
      '{"type":"' || CASE WHEN f.done THEN 'task.succeeded' ELSE 'task.failed' END || '","effect":'
        || to_json(f.effect) || ',' || f.rest || coalesce(',"startedAt":' || f.started_at, '') || '}'
      ORDER BY f.ord) FILTER (WHERE f.ask) AS events
  INTO answers FROM finished f;

  IF answered AND answers.ids IS NOT NULL THEN
    PERFORM detent.append(
      now, false, answers.instances, answers.ids, array_fill(NULL::bigint, lengths), answers.events,
      answers.causes, array_fill(0, lengths), array_fill(NULL::text, lengths), array_fill(false, lengths))
    FROM (SELECT ARRAY[cardinality(answers.ids)] AS lengths) l;
  END IF;
  RETURN answers.results;
END
$body$`;

/**
 * Ends jobs by their lease tokens. A token that ended its job before is told again what it was told then.
 * `has_mail`: an instance was answered.
 */
export const END_JOBS = `
CREATE OR REPLACE FUNCTION detent.end_jobs(
  given bigint, e_id text[], e_token text[], e_done boolean[], e_rest text[], e_final boolean[],
  OUT results text[], OUT has_mail boolean
) LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  held bigint[];
  finished text[];
  receivers text[];
BEGIN
  SELECT array_agg(j.instance) INTO receivers FROM detent.job j WHERE j.id = ANY (e_id) AND j.ask;
  has_mail := receivers IS NOT NULL;
  IF has_mail THEN PERFORM detent.lock_mailboxes(receivers); END IF;

  SELECT coalesce(array_agg(h.ord ORDER BY h.ord), '{}') INTO held FROM (
    SELECT DISTINCT ON (l.id) l.ord FROM (
      SELECT e.ord, j.id FROM unnest(e_id, e_token) WITH ORDINALITY AS e (id, token, ord)
      JOIN detent.job j ON j.id = e.id AND j.token = e.token
      ORDER BY j.id, e.ord
      FOR NO KEY UPDATE OF j
    ) l
    ORDER BY l.id, l.ord
  ) h;

  SELECT detent.finish_jobs(
    detent.now_ms(given), array_agg(e_id[h.ord] ORDER BY h.ord), array_agg(e_token[h.ord] ORDER BY h.ord),
    array_agg(e_done[h.ord] ORDER BY h.ord), array_agg(e_rest[h.ord] ORDER BY h.ord),
    array_agg(e_final[h.ord] ORDER BY h.ord), true)
  INTO finished FROM unnest(held) AS h (ord) HAVING count(*) > 0;

  IF cardinality(held) = cardinality(e_id) THEN
    results := finished;
    RETURN;
  END IF;
  SELECT array_agg(coalesce(
    (SELECT j.ended_as FROM detent.job j WHERE j.id = e.id AND j.ended_by = e.token), 'lost') ORDER BY e.ord)
  INTO results FROM unnest(e_id, e_token) WITH ORDINALITY AS e (id, token, ord);
END
$body$`;

/**
 * Ends what waited too long, the longest overdue first: attempts of jobs, and mailboxes whose instance never
 * came. What another is just working on is left for the next call.
 */
export const EXPIRE = `
CREATE OR REPLACE FUNCTION detent.expire(given bigint, wanted int) RETURNS int LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint := detent.now_ms(given);
  overdue text[];
  orphans text[];
  count_ended int := 0;
  count_parked int;
BEGIN
  SELECT array_agg(o.id) INTO overdue FROM (
    SELECT j.id FROM detent.job j WHERE j.expires_at <= now ORDER BY j.expires_at, j.seq LIMIT wanted
  ) o;
  IF overdue IS NOT NULL THEN
    PERFORM detent.lock_mailboxes(array_agg(j.instance))
    FROM detent.job j WHERE j.id = ANY (overdue) AND j.ask HAVING count(*) > 0;
    SELECT coalesce(cardinality(detent.finish_jobs(
      now, array_agg(o.id), array_agg(NULL::text), array_agg(false), array_agg(o.rest), array_agg(false), true)), 0)
    INTO count_ended
    FROM (
      SELECT j.id, ${EXPIRED} AS rest
      FROM detent.job j WHERE j.id = ANY (overdue) AND j.expires_at <= now
      ORDER BY j.expires_at, j.seq
      FOR NO KEY UPDATE SKIP LOCKED
    ) o
    HAVING count(*) > 0;
    count_ended := coalesce(count_ended, 0);
  END IF;

  -- Into a variable: joined with what it updates, the limit may be asked for again for each row.
  SELECT array_agg(o.instance) INTO orphans FROM (
    SELECT m.instance FROM detent.mailbox m
    WHERE m.definition = '' AND m.next_due_at <= now - ${DEAD_LETTER_MS} AND m.parked IS NULL AND NOT m.paused
    ORDER BY m.next_due_at, m.instance LIMIT wanted
    FOR NO KEY UPDATE SKIP LOCKED
  ) o;
  UPDATE detent.mailbox b SET
    parked = '${JSON.stringify(DEAD_LETTER).replaceAll("'", "''")}', parked_at = now
  WHERE b.instance = ANY (orphans);
  GET DIAGNOSTICS count_parked = ROW_COUNT;
  RETURN count_ended + count_parked;
END
$body$`;
