import { SETTINGS } from './settings.js';

/**
 * The first half of a migration, within the transaction of the second, which is a commit of `held`: the token of a
 * lease that nobody else knows. Null, and nothing is written, where the instance is no longer as it was. Whoever holds
 * it loses its lease. `others`: who is sent to, whose mailboxes have to be locked together with its own.
 */
export const MIGRATE = `
CREATE OR REPLACE FUNCTION detent.migrate(
  others text[], a_instance text, a_base bigint, a_status text, a_from text, a_to text,
  e_id text, e_at bigint, e_seed text, e_event text, e_outcome text, e_history text, e_code text
) RETURNS text LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  held text := gen_random_uuid()::text;
BEGIN
  PERFORM detent.make_mailboxes(others);
  PERFORM detent.lock_mailboxes(others || a_instance);
  UPDATE detent.instance i SET definition = a_to
  WHERE i.id = a_instance AND i.revision = a_base AND i.status = a_status AND i.definition = a_from;
  IF NOT FOUND THEN RETURN NULL; END IF;
  UPDATE detent.mailbox b SET definition = a_to WHERE b.instance = a_instance;
  INSERT INTO detent.journal (instance, revision, event_id, at, seed, event, outcome, history, code)
  VALUES (a_instance, a_base + 1, e_id, e_at, e_seed, e_event, e_outcome, e_history, e_code);
  INSERT INTO detent.lease (instance, definition, token, worker, attempts, lease_until, wake_at)
  VALUES (a_instance, a_to, held, NULL, 1, 0, NULL)
  ON CONFLICT (instance) DO UPDATE SET definition = a_to, token = held, worker = NULL;
  RETURN held;
END
$body$`;
