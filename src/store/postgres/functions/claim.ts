import { CAUTIOUS_ATTEMPTS, MAX_ATTEMPTS, MAX_SUSPECTS, SUSPECT_PATIENCE_MS } from '../../../core/limits.js';
import { gaveUp } from '../../parking.js';
import { CLAIMED_BYTES, LOADED_COLUMNS, loaded } from './load.js';
import { SETTINGS } from './settings.js';

/** Mailboxes that are looked at beyond those that are wanted, for those that others are just claiming. */
const SLACK = 64;

const GAVE_UP = JSON.stringify(gaveUp(MAX_ATTEMPTS)).replaceAll("'", "''");

/** What has no lease and nothing behind it. A subquery, which is asked of each, whatever the table was like once. */
const IS_CLEAN = '(SELECT l.attempts FROM detent.lease l WHERE l.instance = b.instance) IS NULL';

const HELD = `(
      SELECT h.instance, fresh AS token, h.attempts, h.ord
      FROM unnest(taken, tries) WITH ORDINALITY AS h (instance, attempts, ord)
    ) l`;

/**
 * Takes mailboxes, oldest first: clean ones, or the suspects that are due no later (rule 8). What another is just
 * claiming is passed over. A claim writes to no mailbox: it locks it, and has a row of its own in the table of
 * leases. Of its last claims a database may lose what a power cut takes: it is as if their leases had run out.
 *
 * What is held comes along, read when it is locked; of what does not (`is_here` is false) only the lease.
 */
export const CLAIM = `
CREATE OR REPLACE FUNCTION detent.claim(
  given bigint, a_worker text, wanted int, lease_ms bigint, hashes text[], messages int, fresh_worker boolean
) RETURNS TABLE (${LOADED_COLUMNS}) LANGUAGE plpgsql ${SETTINGS} AS $body$
#variable_conflict use_column
DECLARE
  now bigint := detent.now_ms(given);
  fresh text := gen_random_uuid()::text;
  looked int := wanted + ${SLACK};
  candidates text[];
  oldest bigint;
  suspect record;
  suspects text[] := '{}';
  taken text[];
  owners text[];
  tries int[];
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  -- A paused machine's mailboxes are not even looked at, however many wait.
  IF EXISTS (SELECT FROM detent.paused p WHERE p.kind = 'machine') THEN
    SELECT coalesce(array_agg(h.hash), '{}') INTO hashes FROM unnest(hashes) AS h (hash)
    WHERE NOT EXISTS (
      SELECT FROM detent.definition d JOIN detent.paused p ON p.kind = 'machine' AND p.name = d.machine
      WHERE d.hash = h.hash);
  END IF;

  SELECT min(f.next_due_at), array_agg(f.instance) INTO oldest, candidates FROM (
    SELECT c.next_due_at, c.instance FROM unnest(hashes) AS h (hash)
    CROSS JOIN LATERAL (
      SELECT b.next_due_at, b.instance FROM detent.mailbox b
      WHERE b.definition = h.hash AND b.next_due_at <= now AND b.parked IS NULL AND NOT b.paused AND ${IS_CLEAN}
      ORDER BY b.next_due_at, b.instance LIMIT looked
    ) c
    ORDER BY c.next_due_at, c.instance LIMIT looked
  ) f;

  FOR suspect IN
    SELECT c.instance FROM unnest(hashes) AS h (hash)
    CROSS JOIN LATERAL (
      SELECT l.instance, l.wake_at FROM detent.lease l WHERE l.definition = h.hash AND l.wake_at <= now
      ORDER BY l.wake_at, l.instance LIMIT looked
    ) c
    WHERE wanted > 0
    ORDER BY c.wake_at, c.instance LIMIT looked
  LOOP
    PERFORM FROM detent.mailbox b WHERE b.instance = suspect.instance FOR NO KEY UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND;
    SELECT l.* INTO suspect FROM detent.lease l WHERE l.instance = suspect.instance AND l.wake_at + 0 <= now;
    CONTINUE WHEN NOT FOUND;
    EXIT WHEN suspects <> '{}' AND suspect.attempts > 1;
    IF suspect.attempts >= ${MAX_ATTEMPTS} THEN
      UPDATE detent.mailbox b SET parked = coalesce(b.problem, '${GAVE_UP}'), parked_at = now
      WHERE b.instance = suspect.instance;
      UPDATE detent.lease l SET token = NULL, worker = NULL, wake_at = NULL WHERE l.instance = suspect.instance;
      CONTINUE;
    END IF;
    EXIT WHEN suspect.wake_at > oldest OR (fresh_worker AND suspect.attempts > 1);
    suspects := suspects || suspect.instance;
    EXIT WHEN suspect.attempts > 1 OR cardinality(suspects) >= least(wanted, ${MAX_SUSPECTS});
  END LOOP;
  IF suspects <> '{}' THEN
    WITH held AS (
      UPDATE detent.lease l SET
        token = fresh, worker = a_worker, attempts = l.attempts + 1, lease_until = now + lease_ms,
        wake_at = now + lease_ms + l.attempts * ${SUSPECT_PATIENCE_MS}
      WHERE l.instance = ANY (suspects)
      RETURNING l.instance, l.attempts
    )
    SELECT array_agg(h.instance), array_agg(h.attempts) INTO taken, tries
    FROM (SELECT h.* FROM held h ORDER BY array_position(suspects, h.instance)) h;
    IF tries[1] > ${CAUTIOUS_ATTEMPTS} THEN messages := least(1, messages); END IF;
  ELSIF candidates IS NOT NULL THEN
    -- Conditions that the index of what is due cannot serve: it would be gone through from end to end.
    SELECT array_agg(c.instance), array_agg(c.definition) INTO taken, owners FROM (
      SELECT b.instance, b.definition FROM detent.mailbox b
      WHERE b.instance = ANY (candidates) AND coalesce(b.next_due_at, now + 1) <= now
        AND b.parked IS NULL AND NOT b.paused
      ORDER BY b.next_due_at, b.instance LIMIT wanted
      FOR NO KEY UPDATE SKIP LOCKED
    ) c;
    -- Another may have claimed some since they were looked at.
    WITH held AS (
      INSERT INTO detent.lease
        (instance, definition, token, worker, attempts, lease_until, wake_at)
      SELECT t.instance, t.definition, fresh, a_worker, 1, now + lease_ms, now + lease_ms
      FROM unnest(taken, owners) WITH ORDINALITY AS t (instance, definition, ord)
      ORDER BY t.ord
      ON CONFLICT DO NOTHING
      RETURNING instance, attempts
    )
    SELECT array_agg(h.instance), array_agg(h.attempts) INTO taken, tries FROM held h;
  END IF;
  IF taken IS NULL THEN RETURN; END IF;

  RETURN QUERY
  SELECT fresh, r.attempts, now, r.fits, r.id, r.machine, r.definition, r.status, r.revision, r.parent,
    r.created_at, r.updated_at, CASE WHEN r.fits THEN r.state END, r.seq, r.recipient, r.message_id, r.due_at,
    CASE WHEN r.fits THEN r.event END, r.seed, r.cause, r.hops
  FROM (
    SELECT t.*, sum(coalesce(octet_length(t.state), 0) + coalesce(octet_length(t.event), 0))
      OVER (ORDER BY t.ord, t.n ROWS UNBOUNDED PRECEDING) <= ${CLAIMED_BYTES} AS fits
    FROM (${loaded(HELD, 'now', 'messages')}) t
  ) r
  WHERE r.fits OR r.n = 1
  ORDER BY r.ord, r.n;
END
$body$`;
