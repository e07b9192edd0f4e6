import { MAX_DELIVERIES, OUT_OF_ROW_LENGTH, SNAPSHOT_EVERY } from '../../../core/limits.js';
import { SETTINGS } from './settings.js';

/**
 * Writes turns, or, if the hold or the revision of any is no longer what it was, nothing at all; `held` then says
 * which of them hold, and is null else. Each is of an instance of its own. `fault`: what is wrong with one of them that no correct caller
 * does. What is theirs comes as columns, and `…_of` is the number of the commit, from 1. `taken`: which of the jobs
 * the caller got, from 1, at the time `at` and under `token`. `has_mail`: something waits in a mailbox.
 *
 * Whatever joins messages or leases asks for them one by one (LATERAL, or by the list of their keys): those tables
 * are empty now and full then, and a plan made for an empty one goes through it from end to end.
 *
 * Mailboxes, once locked, and instances, which nobody writes to without their mailbox, are found again by their place
 * (ctid): that takes no index, whatever the plan.
 */
export const COMMIT = `
CREATE OR REPLACE FUNCTION detent.commit(
  given bigint, fault text, has_snapshots boolean, others text[],
  c_instance text[], c_token text[], c_base bigint[], c_revision bigint[], c_status text[], c_state text[],
  c_updated bigint[],
  f_of int[], f_revision bigint[], f_at bigint[], f_outcome text[], f_history text[], f_code text[], f_seq bigint[],
  a_of int[], a_revision bigint[], a_at bigint[], a_outcome text[], a_history text[], a_code text[], a_id text[],
  a_token text[], a_done boolean[], a_rest text[], a_event text[], a_seed text[],
  m_timer boolean[], m_to text[], m_id text[], m_due bigint[], m_event text[], m_cause text[], m_hops int[],
  m_hash text[],
  t_to text[], t_id text[],
  j_instance text[], j_id text[], j_effect text[], j_queue text[], j_name text[], j_priority int[],
  j_input text[], j_ask boolean[], j_deadline bigint[], j_heartbeat bigint[],
  x_instance text[], x_id text[],
  i_id text[], i_machine text[], i_definition text[], i_hash text[], i_parent text[], i_detached boolean[],
  s_id text[], s_event text[], s_cause text[], s_hops int[], s_hash text[],
  w_worker text, w_limit int, w_lease_ms bigint, w_names text[], w_queues text[],
  OUT held boolean[], OUT taken int[], OUT at bigint, OUT token text, OUT has_mail boolean
) LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint;
  moved bigint;
  lost int;
  boxes text[];
  box_places tid[];
  places tid[];
BEGIN
  IF cardinality(others) > 0 THEN PERFORM detent.make_mailboxes(others); END IF;
  SELECT array_agg(l.instance), array_agg(l.place) INTO boxes, box_places FROM (
    SELECT b.instance, b.ctid AS place FROM detent.mailbox b WHERE b.instance = ANY (c_instance || others)
    ORDER BY b.instance FOR NO KEY UPDATE
  ) l;
  IF cardinality(a_id) > 0 THEN
    PERFORM FROM detent.job j WHERE j.id = ANY (a_id) ORDER BY j.id FOR NO KEY UPDATE;
  END IF;
  now := detent.now_ms(given);
  at := now;

  SELECT array_agg(h.holds), array_agg(h.place) INTO held, places FROM (
    SELECT i.ctid AS place, i.machine IS NOT NULL AND CASE
      WHEN c.token IS NOT NULL
        THEN coalesce((SELECT l.token FROM detent.lease l WHERE l.instance = c.instance) = c.token, false)
      ELSE (SELECT l.attempts FROM detent.lease l WHERE l.instance = c.instance) IS NULL
        AND coalesce((
          SELECT b.parked IS NULL AND NOT b.paused AND coalesce(b.next_due_at, now + 1) > now
          FROM detent.mailbox b WHERE b.instance = c.instance), false)
        AND (SELECT p.name FROM detent.paused p WHERE p.kind = 'machine' AND p.name = i.machine) IS NULL
      END AS holds
    FROM unnest(c_instance, c_token, c_base) WITH ORDINALITY AS c (instance, token, base, ord)
    LEFT JOIN LATERAL (
      SELECT i.ctid, i.machine FROM detent.instance i WHERE i.id = c.instance AND i.revision = c.base LIMIT 1
    ) i ON true
    ORDER BY c.ord
  ) h;
  IF cardinality(a_id) > 0 THEN
    FOR lost IN
      SELECT a.of FROM unnest(a_of, a_id, a_token) AS a (of, id, token)
      WHERE (SELECT j.token FROM detent.job j WHERE j.id = a.id) IS DISTINCT FROM a.token
    LOOP
      held[lost] := false;
    END LOOP;
  END IF;
  IF false = ANY (held) THEN
    DELETE FROM detent.mailbox b
    WHERE b.instance = ANY (others) AND b.definition = '' AND b.next_due_at IS NULL;
    RETURN;
  END IF;
  held := NULL;
  IF fault IS NOT NULL THEN RAISE EXCEPTION '%', fault; END IF;

  INSERT INTO detent.journal
    (instance, revision, event_id, at, seed, event, payload, outcome, history, code)
  SELECT c_instance[e.of], e.revision, e.id, e.at, e.seed, e.event, e.payload, e.outcome, e.history, e.code
  FROM (
    SELECT f.of, f.revision, m.id, f.at, m.seed, m.event, m.payload, f.outcome, f.history, f.code
    FROM unnest(f_of, f_revision, f_at, f_outcome, f_history, f_code, f_seq)
      AS f (of, revision, at, outcome, history, code, seq)
    CROSS JOIN LATERAL (
      SELECT m.* FROM detent.message m WHERE m.seq = f.seq AND m.recipient || '' = c_instance[f.of] LIMIT 1
    ) m
    UNION ALL
    SELECT a.of, a.revision, a.id, a.at, a.seed, a.event, NULL, a.outcome, a.history, a.code
    FROM unnest(a_of, a_revision, a_at, a_outcome, a_history, a_code, a_id, a_event, a_seed)
      AS a (of, revision, at, outcome, history, code, id, event, seed)
  ) e
  ORDER BY e.of, e.revision;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> cardinality(f_seq) + cardinality(a_id) THEN
    RAISE EXCEPTION 'a message that was folded is not in its mailbox';
  END IF;
  IF cardinality(f_seq) > 0 THEN DELETE FROM detent.message m WHERE m.seq = ANY (f_seq); END IF;

  UPDATE detent.instance i SET
    revision = c.revision, status = c.status, state = coalesce(c.state, i.state), updated_at = c.updated,
    ended_at = CASE WHEN c.status NOT IN ('running', 'paused') THEN c.updated END
  FROM unnest(places, c_instance, c_revision, c_status, c_state, c_updated)
    AS c (place, id, revision, status, state, updated)
  WHERE i.ctid = c.place AND i.id || '' = c.id;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> cardinality(places) THEN RAISE EXCEPTION 'an instance was written to without its mailbox'; END IF;

  IF has_snapshots THEN
    INSERT INTO detent.snapshot (instance, revision, machine, at, status, state)
    SELECT i.id, i.revision, i.machine, now, i.status, i.state
    FROM unnest(c_instance, c_base, c_revision) AS c (instance, base, revision)
    CROSS JOIN LATERAL (SELECT i.* FROM detent.instance i WHERE i.id = c.instance LIMIT 1) i
    WHERE c.revision / ${SNAPSHOT_EVERY} > c.base / ${SNAPSHOT_EVERY};
  END IF;

  IF cardinality(a_id) > 0 THEN
    PERFORM detent.finish_jobs(
      now, a_id, a_token, a_done, a_rest, array_fill(false, ARRAY[cardinality(a_id)]), false);
  END IF;
  IF cardinality(m_to) > 0 THEN
    PERFORM detent.append(now, false, m_to, m_id, m_due, m_event, m_cause, m_hops, m_hash, m_timer);
  END IF;
  IF cardinality(t_id) > 0 THEN
    DELETE FROM detent.message m WHERE m.seq = ANY (ARRAY(
      SELECT own.seq FROM unnest(t_to, t_id) AS t (recipient, id)
      CROSS JOIN LATERAL (
        SELECT o.seq FROM detent.message o WHERE o.id = t.id AND o.timer AND o.recipient || '' = t.recipient OFFSET 0
      ) own));
  END IF;
  IF cardinality(j_id) > 0 THEN
    token := gen_random_uuid()::text;
    taken := detent.add_jobs(
      now, token, j_instance, j_id, j_effect, j_queue, j_name, j_priority, j_input, j_ask, j_deadline, j_heartbeat,
      w_worker, w_limit, w_lease_ms, w_names, w_queues);
  END IF;
  IF cardinality(x_id) > 0 THEN
    UPDATE detent.job j SET
      status = 'cancelled', ended_at = now, expires_at = NULL, token = NULL, worker = NULL,
      lease_until = NULL, beat_at = NULL
    FROM unnest(x_instance, x_id) AS x (instance, id)
    WHERE j.id = x.id AND j.instance = x.instance AND j.status IN ('pending', 'processing');
  END IF;
  IF cardinality(i_id) > 0 THEN
    PERFORM detent.create_instances(
      now, i_id, i_machine, i_definition, i_hash, i_parent, i_detached, s_id, s_event, s_cause, s_hops, s_hash);
  END IF;

  DELETE FROM detent.lease l WHERE l.instance = ANY (c_instance);
  -- What was added may have moved them.
  IF cardinality(m_to) + cardinality(i_id) > 0 THEN
    SELECT array_agg(b.instance), array_agg(b.ctid) INTO boxes, box_places
    FROM detent.mailbox b WHERE b.instance = ANY (c_instance);
  END IF;
  WITH next AS MATERIALIZED (
    SELECT b.place, (
      SELECT greatest(m.due_at, now) FROM detent.message m WHERE m.recipient = b.instance
      ORDER BY m.due_at LIMIT 1
    ) AS due
    FROM unnest(boxes, box_places) AS b (instance, place)
  ), moved AS (
    UPDATE detent.mailbox b SET next_due_at = n.due, problem = NULL
    FROM next n
    WHERE b.ctid = n.place AND (b.next_due_at IS DISTINCT FROM n.due OR b.problem IS NOT NULL)
  )
  SELECT bool_or(n.due IS NOT NULL) INTO has_mail FROM next n;
END
$body$`;

/** Adds jobs of instances; answers which of them whoever commits has got, as if claimed at once. */
export const ADD_JOBS = `
CREATE OR REPLACE FUNCTION detent.add_jobs(
  now bigint, fresh text, j_instance text[], j_id text[], j_effect text[], j_queue text[], j_name text[],
  j_priority int[], j_input text[], j_ask boolean[], j_deadline bigint[], j_heartbeat bigint[],
  w_worker text, w_limit int, w_lease_ms bigint, w_names text[], w_queues text[]
) RETURNS int[] LANGUAGE plpgsql AS $body$
DECLARE
  taken int[] := '{}';
BEGIN
  IF w_worker IS NOT NULL THEN
    SELECT coalesce(array_agg(t.ord), '{}') INTO taken FROM (
      SELECT j.ord FROM unnest(j_name, j_queue) WITH ORDINALITY AS j (name, queue, ord)
      WHERE (w_names IS NULL OR j.name = ANY (w_names)) AND (w_queues IS NULL OR j.queue = ANY (w_queues))
        AND (SELECT p.name FROM detent.paused p WHERE p.kind = 'queue' AND p.name = j.queue) IS NULL
        AND (SELECT q.name FROM detent.queue q WHERE q.name = j.queue) IS NULL
      ORDER BY j.ord LIMIT w_limit
    ) t;
  END IF;

  INSERT INTO detent.payload (instance, hash, text)
  SELECT DISTINCT ON (1, 2) j.instance, sha256(convert_to(j.input, 'UTF8')), j.input
  FROM unnest(j_instance, j_input) AS j (instance, input)
  WHERE octet_length(j.input) > ${OUT_OF_ROW_LENGTH}
  ON CONFLICT DO NOTHING;

  INSERT INTO detent.job
    (id, instance, machine, effect, queue, name, priority, input, payload, ask, status, max_attempts,
     created_at, due_at, deadline_at, heartbeat_ms, attempts, expires_at,
     started_at, beat_at, token, worker, lease_until)
  SELECT j.id, j.instance, (SELECT i.machine FROM detent.instance i WHERE i.id = j.instance), j.effect, j.queue,
    j.name, j.priority,
    CASE WHEN octet_length(j.input) <= ${OUT_OF_ROW_LENGTH} THEN j.input END,
    CASE WHEN octet_length(j.input) > ${OUT_OF_ROW_LENGTH} THEN sha256(convert_to(j.input, 'UTF8')) END,
    j.ask, CASE WHEN j.is_taken THEN 'processing' ELSE 'pending' END, ${MAX_DELIVERIES},
    now, now, j.deadline, j.heartbeat, j.is_taken::int,
    CASE WHEN j.is_taken
      THEN detent.job_expiry(j.deadline, j.heartbeat, now, 1, ${MAX_DELIVERIES}, now + w_lease_ms)
      ELSE j.deadline END,
    CASE WHEN j.is_taken THEN now END, CASE WHEN j.is_taken THEN now END, CASE WHEN j.is_taken THEN fresh END,
    CASE WHEN j.is_taken THEN w_worker END, CASE WHEN j.is_taken THEN now + w_lease_ms END
  FROM (
    SELECT j.*, j.ord = ANY (taken) AS is_taken
    FROM unnest(j_instance, j_id, j_effect, j_queue, j_name, j_priority, j_input, j_ask, j_deadline, j_heartbeat)
      WITH ORDINALITY
      AS j (instance, id, effect, queue, name, priority, input, ask, deadline, heartbeat, ord)
  ) j
  ORDER BY j.ord;
  RETURN taken;
END
$body$`;
