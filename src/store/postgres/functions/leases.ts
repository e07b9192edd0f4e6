import { SUSPECT_PATIENCE_MS } from '../../../core/limits.js';
import { SETTINGS } from './settings.js';

/** Renews leases; answers the instances whose lease was lost. */
export const EXTEND = `
CREATE OR REPLACE FUNCTION detent.extend(given bigint, l_instance text[], l_token text[], lease_ms bigint)
RETURNS text[] LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  until bigint;
  kept text[];
  lost text[];
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM FROM detent.lease l WHERE l.instance = ANY (l_instance) ORDER BY l.instance FOR NO KEY UPDATE;
  until := detent.now_ms(given) + lease_ms;
  WITH renewed AS (
    UPDATE detent.lease l SET
      lease_until = until, wake_at = until + (l.attempts - 1) * ${SUSPECT_PATIENCE_MS}
    WHERE l.instance = ANY (l_instance) AND l.token = ANY (l_token)
    RETURNING l.instance, l.token
  )
  SELECT coalesce(array_agg(r.instance || ' ' || r.token), '{}') INTO kept FROM renewed r;
  SELECT coalesce(array_agg(l.instance ORDER BY l.ord), '{}') INTO lost
  FROM unnest(l_instance, l_token) WITH ORDINALITY AS l (instance, token, ord)
  WHERE l.instance || ' ' || l.token <> ALL (kept);
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
  released record;
BEGIN
  PERFORM set_config('synchronous_commit', 'off', true);
  PERFORM detent.lock_mailboxes(r_instance);
  now := detent.now_ms(given);
  FOR released IN
    SELECT r.* FROM unnest(r_instance, r_token, r_back, r_problem) AS r (instance, token, back, problem)
    WHERE (SELECT l.token FROM detent.lease l WHERE l.instance = r.instance) = r.token
  LOOP
    UPDATE detent.mailbox b SET
      next_due_at = greatest(b.next_due_at, CASE WHEN b.next_due_at IS NOT NULL THEN now END),
      problem = coalesce(released.problem, b.problem)
    WHERE b.instance = released.instance;
    UPDATE detent.lease l SET
      token = NULL, worker = NULL, lease_until = 0, attempts = l.attempts - released.back::int,
      wake_at = (
        SELECT b.next_due_at FROM detent.mailbox b WHERE b.instance = l.instance AND NOT b.paused)
    WHERE l.instance = released.instance;
    DELETE FROM detent.lease l WHERE l.instance = released.instance AND l.attempts = 0;
  END LOOP;
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
    parked = NULL, parked_at = NULL, problem = NULL,
    next_due_at = greatest(b.next_due_at, CASE WHEN b.next_due_at IS NOT NULL THEN now END)
  WHERE b.instance = a_instance AND b.parked IS NOT NULL;
  IF NOT FOUND THEN RETURN false; END IF;
  DELETE FROM detent.lease l WHERE l.instance = a_instance;
  RETURN true;
END
$body$`;
