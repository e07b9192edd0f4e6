import { SETTINGS } from './settings.js';

/** Pauses a running instance: its lease ends at once, and a worker that still held it gets its attempt back. */
export const PAUSE_INSTANCE = `
CREATE OR REPLACE FUNCTION detent.pause_instance(given bigint, a_instance text) RETURNS boolean
LANGUAGE plpgsql ${SETTINGS} AS $body$
BEGIN
  PERFORM detent.lock_mailboxes(ARRAY[a_instance]);
  UPDATE detent.instance i SET status = 'paused' WHERE i.id = a_instance AND i.status = 'running';
  IF NOT FOUND THEN RETURN false; END IF;
  UPDATE detent.mailbox b SET
    paused = true, token = NULL, worker = NULL, lease_until = 0, wake_at = NULL,
    attempts = b.attempts - (b.token IS NOT NULL AND b.lease_until > detent.now_ms(given))::int
  WHERE b.instance = a_instance;
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
    paused = false,
    next_due_at = CASE WHEN b.next_due_at IS NOT NULL THEN greatest(b.next_due_at, now) END,
    wake_at = CASE WHEN b.next_due_at IS NOT NULL AND b.parked IS NULL THEN greatest(b.next_due_at, now) END
  WHERE b.instance = a_instance;
  RETURN true;
END
$body$`;
