import { MAX_ATTEMPTS, SUSPECT_PATIENCE_MS } from '../../../core/limits.js';
import { gaveUp } from '../../parking.js';
import { SETTINGS } from './settings.js';

/** Mailboxes that are looked at beyond those that are wanted, for those that others are just claiming. */
const SLACK = 64;

const GAVE_UP = JSON.stringify(gaveUp(MAX_ATTEMPTS)).replaceAll("'", "''");

/**
 * Takes mailboxes, oldest first: clean ones, or the one suspect that is older (rule 8). What another is just
 * claiming is passed over. Of its last claims a database may lose what a power cut takes: it is as if their
 * leases had run out.
 */
export const CLAIM = `
CREATE OR REPLACE FUNCTION detent.claim(
  given bigint, a_worker text, wanted int, lease_ms bigint, hashes text[]
) RETURNS TABLE (instance text, token text, attempts int) LANGUAGE plpgsql ${SETTINGS} AS $body$
#variable_conflict use_column
DECLARE
  now bigint := detent.now_ms(given);
  fresh text := gen_random_uuid()::text;
  looked int := wanted + ${SLACK};
  candidates text[];
  oldest bigint;
  suspect record;
  taken text[];
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  -- A paused machine's mailboxes are not even looked at, however many wait.
  IF EXISTS (SELECT FROM detent.paused p WHERE p.kind = 'machine') THEN
    SELECT coalesce(array_agg(h.hash), '{}') INTO hashes FROM unnest(hashes) AS h (hash)
    WHERE NOT EXISTS (
      SELECT FROM detent.definition d JOIN detent.paused p ON p.kind = 'machine' AND p.name = d.machine
      WHERE d.hash = h.hash);
  END IF;

  SELECT min(f.wake_at), array_agg(f.instance) INTO oldest, candidates FROM (
    SELECT c.wake_at, c.instance FROM unnest(hashes) AS h (hash)
    CROSS JOIN LATERAL (
      SELECT b.wake_at, b.instance FROM detent.mailbox b
      WHERE b.definition = h.hash AND (b.attempts > 0)::int = 0 AND b.wake_at <= now
      ORDER BY b.wake_at, b.instance LIMIT looked
    ) c
    ORDER BY c.wake_at, c.instance LIMIT looked
  ) f;

  WHILE wanted > 0 LOOP
    SELECT b.instance, b.wake_at, b.attempts, b.problem INTO suspect
    FROM detent.mailbox b
    WHERE b.instance IN (
      SELECT c.instance FROM unnest(hashes) AS h (hash)
      CROSS JOIN LATERAL (
        SELECT m.instance, m.wake_at FROM detent.mailbox m
        WHERE m.definition = h.hash AND (m.attempts > 0)::int = 1 AND m.wake_at <= now
        ORDER BY m.wake_at, m.instance LIMIT 8
      ) c
      ORDER BY c.wake_at, c.instance LIMIT 8
    ) AND b.wake_at <= now AND b.attempts > 0
    ORDER BY b.wake_at, b.instance LIMIT 1
    FOR NO KEY UPDATE SKIP LOCKED;
    EXIT WHEN NOT FOUND;
    IF suspect.attempts < ${MAX_ATTEMPTS} THEN
      IF oldest IS NULL OR suspect.wake_at + (suspect.attempts - 1) * ${SUSPECT_PATIENCE_MS} <= oldest THEN
        taken := ARRAY[suspect.instance];
      END IF;
      EXIT;
    END IF;
    UPDATE detent.mailbox b SET
      parked = coalesce(b.problem, '${GAVE_UP}'), parked_at = now, token = NULL, worker = NULL, wake_at = NULL
    WHERE b.instance = suspect.instance;
  END LOOP;

  IF taken IS NULL AND candidates IS NOT NULL THEN
    SELECT array_agg(l.instance) INTO taken FROM (
      SELECT b.instance FROM detent.mailbox b
      WHERE b.instance = ANY (candidates) AND b.wake_at <= now AND b.attempts = 0
      ORDER BY b.wake_at, b.instance LIMIT wanted
      FOR NO KEY UPDATE SKIP LOCKED
    ) l;
  END IF;

  RETURN QUERY
  WITH held AS (
    UPDATE detent.mailbox b SET
      token = fresh, worker = a_worker, lease_until = now + lease_ms, attempts = b.attempts + 1,
      wake_at = greatest(b.next_due_at, now + lease_ms)
    FROM detent.mailbox old
    WHERE b.instance = ANY (taken) AND old.instance = b.instance
    RETURNING b.instance, b.attempts, old.wake_at
  )
  SELECT h.instance, fresh, h.attempts FROM held h ORDER BY h.wake_at, h.instance;
END
$body$`;
