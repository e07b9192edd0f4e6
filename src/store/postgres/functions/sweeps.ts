import { SETTINGS } from './settings.js';

/** Remembers how far the journal is swept, for those who follow it from a position. */
export const MARK_SWEPT = `
CREATE OR REPLACE FUNCTION detent.mark_swept(entries detent.journal[]) RETURNS void LANGUAGE sql AS $body$
  UPDATE detent.swept s SET
    xid = CASE WHEN (e.xid, e.seq) > (s.xid, s.seq) THEN e.xid ELSE s.xid END,
    seq = CASE WHEN (e.xid, e.seq) > (s.xid, s.seq) THEN e.seq ELSE s.seq END,
    sweeps = s.sweeps + 1
  FROM (SELECT u.xid, u.seq FROM unnest(entries) AS u ORDER BY u.xid DESC, u.seq DESC LIMIT 1) e
$body$`;

/**
 * Deletes long texts that nothing refers to any more. Under the locks of their mailboxes, so that nobody is just
 * about to refer to one.
 */
export const FORGET_PAYLOADS = `
CREATE OR REPLACE FUNCTION detent.forget_payloads(instances text[], hashes bytea[]) RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
  IF coalesce(cardinality(hashes), 0) = 0 THEN RETURN; END IF;
  PERFORM detent.lock_mailboxes(instances);
  DELETE FROM detent.payload p USING unnest(instances, hashes) AS f (instance, hash)
  WHERE p.instance = f.instance AND p.hash = f.hash
    AND NOT EXISTS (SELECT FROM detent.journal j WHERE j.instance = p.instance AND j.payload = p.hash)
    AND NOT EXISTS (SELECT FROM detent.message m WHERE m.recipient = p.instance AND m.payload = p.hash)
    AND NOT EXISTS (SELECT FROM detent.job j WHERE j.instance = p.instance AND j.payload = p.hash);
END
$body$`;

/** Deletes everything of receivers whose mailboxes are locked. */
export const DROP_RECEIVERS = `
CREATE OR REPLACE FUNCTION detent.drop_receivers(ids text[]) RETURNS void LANGUAGE plpgsql AS $body$
DECLARE
  entries detent.journal[];
BEGIN
  WITH gone AS (DELETE FROM detent.journal j WHERE j.instance = ANY (ids) RETURNING j)
  SELECT array_agg(g.j) INTO entries FROM gone g;
  PERFORM detent.mark_swept(entries);
  DELETE FROM detent.job j WHERE j.instance = ANY (ids);
  DELETE FROM detent.message m WHERE m.recipient = ANY (ids);
  DELETE FROM detent.snapshot s WHERE s.instance = ANY (ids);
  DELETE FROM detent.payload p WHERE p.instance = ANY (ids);
  DELETE FROM detent.receipt r WHERE r.instance = ANY (ids);
  DELETE FROM detent.lease l WHERE l.instance = ANY (ids);
  DELETE FROM detent.mailbox b WHERE b.instance = ANY (ids);
  DELETE FROM detent.instance i WHERE i.id = ANY (ids);
END
$body$`;

/** An instance and those that stand and fall with it, leaves first. */
export const TREE = `
CREATE OR REPLACE FUNCTION detent.tree(root text) RETURNS TABLE (id text, status text, place bigint[])
LANGUAGE sql STABLE AS $body$
  WITH RECURSIVE tree AS (
    SELECT i.id, i.status, ARRAY[i.seq] AS path FROM detent.instance i WHERE i.id = root
    UNION ALL
    SELECT c.id, c.status, t.path || c.seq FROM tree t
    JOIN detent.instance c ON c.parent = t.id AND NOT c.detached
  )
  SELECT t.id, t.status, t.path || 9223372036854775807 FROM tree t ORDER BY 3
$body$`;

/**
 * Something in the tree goes on: an instance, or a job that nobody waits for; or a child that goes by itself is
 * still there, whose id would be made again under its parent's name.
 */
export const IS_UNDER_WAY = `
CREATE OR REPLACE FUNCTION detent.is_under_way(root text) RETURNS boolean LANGUAGE sql STABLE AS $body$
  SELECT EXISTS (
    SELECT FROM detent.tree(root) t
    WHERE t.status IN ('running', 'paused') OR EXISTS (
      SELECT FROM detent.job j WHERE j.instance = t.id AND NOT j.ask AND j.ended_at IS NULL)
    OR EXISTS (SELECT FROM detent.instance c WHERE c.parent = t.id AND c.detached))
$body$`;

/**
 * Deletes instances that ended, the oldest first, with their children, leaves first. A tree that is larger than
 * one call may delete is condemned: the next calls go on with it before any other. One call at a time.
 */
export const SWEEP_INSTANCES = `
CREATE OR REPLACE FUNCTION detent.sweep_instances(
  a_before bigint, wanted int, a_machines text[], except_machines text[]
) RETURNS int LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  condemned_root text;
  root text;
  tree text[];
  part text[];
  gone text[] := '{}';
BEGIN
  SELECT s.condemned INTO condemned_root FROM detent.swept s FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN 0; END IF;
  FOR root IN
    SELECT condemned_root WHERE condemned_root IS NOT NULL
    UNION ALL
    (WITH RECURSIVE named AS (
      (SELECT i.machine FROM detent.instance i
       WHERE i.ended_at IS NOT NULL AND (i.parent IS NULL OR i.detached) ORDER BY i.machine LIMIT 1)
      UNION ALL
      SELECT (
        SELECT i.machine FROM detent.instance i
        WHERE i.ended_at IS NOT NULL AND (i.parent IS NULL OR i.detached) AND i.machine > n.machine
        ORDER BY i.machine LIMIT 1)
      FROM named n WHERE n.machine IS NOT NULL
    )
    SELECT f.id FROM named n CROSS JOIN LATERAL (
      SELECT i.id, i.ended_at, i.seq FROM detent.instance i
      WHERE i.machine = n.machine AND i.ended_at < a_before AND (i.parent IS NULL OR i.detached)
        AND NOT detent.is_under_way(i.id)
      ORDER BY i.ended_at, i.seq LIMIT wanted
    ) f
    WHERE (a_machines IS NULL OR n.machine = ANY (a_machines)) AND n.machine <> ALL (except_machines)
    ORDER BY f.ended_at, f.seq LIMIT wanted)
  LOOP
    EXIT WHEN cardinality(gone) >= wanted;
    CONTINUE WHEN root = ANY (gone);
    SELECT array_agg(t.id ORDER BY t.place) INTO tree FROM detent.tree(root) t;
    part := tree[1:wanted - cardinality(gone)];
    gone := gone || part;
    condemned_root := CASE WHEN cardinality(part) < cardinality(tree) THEN root END;
  END LOOP;
  IF cardinality(gone) = 0 THEN RETURN 0; END IF;
  PERFORM detent.lock_mailboxes(gone);
  PERFORM detent.drop_receivers(gone);
  UPDATE detent.swept s SET condemned = condemned_root;
  RETURN cardinality(gone);
END
$body$`;

/**
 * Trims journals up to snapshots that are old enough, by revision, so that what is left follows a snapshot as
 * soon as all is gone that comes before it.
 */
export const SWEEP_JOURNALS = `
CREATE OR REPLACE FUNCTION detent.sweep_journals(
  a_before bigint, wanted int, a_machines text[], except_machines text[]
) RETURNS int LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  kept record;
  left_over int := wanted;
  entries detent.journal[];
  owners text[] := '{}';
  hashes bytea[] := '{}';
BEGIN
  PERFORM FROM detent.swept s FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN RETURN 0; END IF;
  FOR kept IN
    WITH RECURSIVE named AS (
      (SELECT s.machine FROM detent.snapshot s WHERE NOT s.trimmed ORDER BY s.machine LIMIT 1)
      UNION ALL
      SELECT (
        SELECT s.machine FROM detent.snapshot s WHERE NOT s.trimmed AND s.machine > n.machine
        ORDER BY s.machine LIMIT 1)
      FROM named n WHERE n.machine IS NOT NULL
    )
    SELECT f.* FROM named n CROSS JOIN LATERAL (
      SELECT s.instance, s.revision, s.at, s.seq FROM detent.snapshot s
      WHERE s.machine = n.machine AND NOT s.trimmed AND s.at < a_before
      ORDER BY s.at, s.seq LIMIT wanted
    ) f
    WHERE (a_machines IS NULL OR n.machine = ANY (a_machines)) AND n.machine <> ALL (except_machines)
    ORDER BY f.at, f.seq LIMIT wanted
  LOOP
    EXIT WHEN left_over = 0;
    -- At once: what comes before it is not there to be folded from any more.
    DELETE FROM detent.snapshot s WHERE s.instance = kept.instance AND s.revision < kept.revision;
    WITH gone AS (
      DELETE FROM detent.journal j WHERE j.instance = kept.instance AND j.revision IN (
        SELECT o.revision FROM detent.journal o
        WHERE o.instance = kept.instance AND o.revision <= kept.revision ORDER BY o.revision LIMIT left_over)
      RETURNING j
    )
    SELECT coalesce(array_agg(g.j), '{}') INTO entries FROM gone g;
    IF cardinality(entries) < left_over THEN
      UPDATE detent.snapshot s SET trimmed = true WHERE s.instance = kept.instance AND s.revision = kept.revision;
    END IF;
    PERFORM detent.mark_swept(entries);
    SELECT owners || coalesce(array_agg(e.instance), '{}'), hashes || coalesce(array_agg(e.payload), '{}')
    INTO owners, hashes FROM unnest(entries) AS e WHERE e.payload IS NOT NULL;
    left_over := left_over - cardinality(entries);
  END LOOP;
  PERFORM detent.forget_payloads(owners, hashes);
  RETURN wanted - left_over;
END
$body$`;

/** Deletes jobs that ended, the oldest first: of nobody, whose machine is empty, and of instances. */
export const SWEEP_JOBS = `
CREATE OR REPLACE FUNCTION detent.sweep_jobs(
  a_before bigint, wanted int, a_machines text[], except_machines text[]
) RETURNS int LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  count_gone int;
  owners text[];
  hashes bytea[];
BEGIN
  WITH RECURSIVE named AS (
    (SELECT j.machine FROM detent.job j WHERE j.ended_at IS NOT NULL ORDER BY j.machine LIMIT 1)
    UNION ALL
    SELECT (
      SELECT j.machine FROM detent.job j WHERE j.ended_at IS NOT NULL AND j.machine > n.machine
      ORDER BY j.machine LIMIT 1)
    FROM named n WHERE n.machine IS NOT NULL
  ), gone AS (
    DELETE FROM detent.job j WHERE j.seq IN (
      SELECT f.seq FROM named n CROSS JOIN LATERAL (
        SELECT o.seq, o.ended_at FROM detent.job o
        WHERE o.machine = n.machine AND o.ended_at IS NOT NULL AND o.ended_at < a_before
        ORDER BY o.ended_at, o.seq LIMIT wanted
      ) f
      WHERE (a_machines IS NULL OR n.machine = ANY (a_machines)) AND n.machine <> ALL (except_machines)
      ORDER BY f.ended_at, f.seq LIMIT wanted)
    AND j.ended_at < a_before
    RETURNING j.instance, j.payload
  )
  SELECT count(*), array_agg(g.instance) FILTER (WHERE g.payload IS NOT NULL),
    array_agg(g.payload) FILTER (WHERE g.payload IS NOT NULL)
  INTO count_gone, owners, hashes FROM gone g;
  PERFORM detent.forget_payloads(owners, hashes);
  RETURN count_gone;
END
$body$`;

/** Deletes mailboxes whose instance never came, with their messages. */
export const SWEEP_LETTERS = `
CREATE OR REPLACE FUNCTION detent.sweep_letters(a_before bigint, wanted int) RETURNS int
LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  gone text[];
BEGIN
  SELECT array_agg(l.instance) INTO gone FROM (
    SELECT b.instance FROM detent.mailbox b
    WHERE b.parked IS NOT NULL AND b.definition = '' AND b.parked_at < a_before
    ORDER BY b.parked_at, b.instance LIMIT wanted
    FOR UPDATE SKIP LOCKED
  ) l;
  IF gone IS NOT NULL THEN PERFORM detent.drop_receivers(gone); END IF;
  RETURN coalesce(cardinality(gone), 0);
END
$body$`;
