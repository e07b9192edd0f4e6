import { SETTINGS } from './settings.js';

/** Pauses a running instance: its lease ends at once, and a worker that still held it gets its attempt back. */
export const PAUSE_INSTANCE = `
CREATE OR REPLACE FUNCTION detent.pause_instance(given bigint, a_instance text) RETURNS boolean
LANGUAGE plpgsql ${SETTINGS} AS $body$
BEGIN
  PERFORM detent.lock_mailboxes(ARRAY[a_instance]);
  UPDATE detent.instance i SET status = 'paused' WHERE i.id = a_instance AND i.status = 'running';
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE detent.mailbox b SET paused = true WHERE b.instance = a_instance;
  UPDATE detent.lease l SET
    token = NULL, worker = NULL, lease_until = 0, wake_at = NULL,
    attempts = l.attempts - (l.token IS NOT NULL AND l.lease_until > detent.now_ms(given))::int
  WHERE l.instance = a_instance;
  DELETE FROM detent.lease l WHERE l.instance = a_instance AND l.attempts = 0;
  RETURN true;
END
$body$`;

export const RESUME_INSTANCE = `
CREATE OR REPLACE FUNCTION detent.resume_instance(given bigint, a_instance text) RETURNS boolean
LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint;
BEGIN
  PERFORM detent.lock_mailboxes(ARRAY[a_instance]);
  UPDATE detent.instance i SET status = 'running' WHERE i.id = a_instance AND i.status = 'paused';
  IF NOT FOUND THEN RETURN false; END IF;
  now := detent.now_ms(given);
  UPDATE detent.mailbox b SET
    paused = false, next_due_at = greatest(b.next_due_at, CASE WHEN b.next_due_at IS NOT NULL THEN now END)
  WHERE b.instance = a_instance;
  UPDATE detent.lease l SET wake_at = (
    SELECT b.next_due_at FROM detent.mailbox b WHERE b.instance = l.instance AND b.parked IS NULL)
  WHERE l.instance = a_instance;
  RETURN true;
END
$body$`;
