import { SETTINGS } from './settings.js';

/** Renews leases; answers the instances whose lease was lost. */
export const EXTEND = `
CREATE OR REPLACE FUNCTION detent.extend(given bigint, l_instance text[], l_token text[], lease_ms bigint)
RETURNS text[] LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  lost text[];
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM detent.lock_mailboxes(l_instance);
  WITH kept AS (
    UPDATE detent.mailbox b SET
      lease_until = t.until,
      wake_at = CASE WHEN b.wake_at IS NOT NULL THEN greatest(b.next_due_at, t.until) END
    FROM unnest(l_instance, l_token) AS l (instance, token), (SELECT detent.now_ms(given) + lease_ms AS until) t
    WHERE b.instance = l.instance AND b.token = l.token
    RETURNING b.instance, b.token
  )
  SELECT coalesce(array_agg(l.instance ORDER BY l.ord), '{}') INTO lost
  FROM unnest(l_instance, l_token) WITH ORDINALITY AS l (instance, token, ord)
  WHERE NOT EXISTS (SELECT FROM kept k WHERE k.instance = l.instance AND k.token = l.token);
  RETURN lost;
END
$body$`;

/** Gives mailboxes back unstepped; they go behind those that are due already. */
export const RELEASE = `
CREATE OR REPLACE FUNCTION detent.release(
  given bigint, r_instance text[], r_token text[], r_back boolean[], r_problem text[]
) RETURNS void LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM detent.lock_mailboxes(r_instance);
  now := detent.now_ms(given);
  UPDATE detent.mailbox b SET
    token = NULL, worker = NULL, lease_until = 0, problem = coalesce(r.problem, b.problem),
    attempts = b.attempts - r.back::int,
    next_due_at = CASE WHEN b.next_due_at IS NOT NULL THEN greatest(b.next_due_at, now) END,
    wake_at = CASE WHEN b.next_due_at IS NOT NULL AND NOT b.paused THEN greatest(b.next_due_at, now) END
  FROM unnest(r_instance, r_token, r_back, r_problem) AS r (instance, token, back, problem)
  WHERE b.instance = r.instance AND b.token = r.token;
END
$body$`;

/** Lets a parked mailbox start anew; false if it was not parked. */
export const UNPARK = `
CREATE OR REPLACE FUNCTION detent.unpark(given bigint, a_instance text) RETURNS boolean
LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint;
BEGIN
  PERFORM detent.lock_mailboxes(ARRAY[a_instance]);
  now := detent.now_ms(given);
  UPDATE detent.mailbox b SET
    parked = NULL, parked_at = NULL, lease_until = 0, attempts = 0, problem = NULL,
    next_due_at = CASE WHEN b.next_due_at IS NOT NULL THEN greatest(b.next_due_at, now) END,
    wake_at = CASE WHEN b.next_due_at IS NOT NULL AND NOT b.paused THEN greatest(b.next_due_at, now) END
  WHERE b.instance = a_instance AND b.parked IS NOT NULL;
  RETURN FOUND;
END
$body$`;
