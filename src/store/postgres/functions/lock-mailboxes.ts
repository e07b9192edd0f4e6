/**
 * Makes the mailboxes that are missing, in the order of their ids. To be called before any is locked: then no
 * transaction waits for one that waits for it.
 */
export const MAKE_MAILBOXES = `
CREATE OR REPLACE FUNCTION detent.make_mailboxes(ids text[]) RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
  IF cardinality(ids) = 0 THEN RETURN; END IF;
  INSERT INTO detent.mailbox (instance)
  SELECT DISTINCT u.id FROM unnest(ids) AS u (id)
  WHERE (SELECT b.instance FROM detent.mailbox b WHERE b.instance = u.id) IS NULL
  ORDER BY 1
  ON CONFLICT DO NOTHING;
END
$body$`;

/**
 * Locks mailboxes in the order of their ids, all that a transaction touches at once and before anything else
 * (rule 4): so none waits for another in a circle, and what is read afterwards is as it is under the lock. Leases
 * are locked after mailboxes, in the same order, and jobs last.
 */
export const LOCK_MAILBOXES = `
CREATE OR REPLACE FUNCTION detent.lock_mailboxes(ids text[]) RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
  PERFORM FROM detent.mailbox b WHERE b.instance = ANY (ids) ORDER BY b.instance FOR NO KEY UPDATE;
END
$body$`;
