import { MAX_DELIVERIES, OUT_OF_ROW_LENGTH, SNAPSHOT_EVERY } from '../../../core/limits.js';
import { SETTINGS } from './settings.js';

/**
 * Writes turns, or, if the lease or the revision of any is no longer what it was, nothing at all; says which of
 * them hold. `fault`: what is wrong with one of them that no correct caller does. What is theirs comes as columns, and `…_of` is the number of the commit, from 1.
 */
export const COMMIT = `
CREATE OR REPLACE FUNCTION detent.commit(
  given bigint, fault text,
  c_instance text[], c_token text[], c_base bigint[], c_revision bigint[], c_status text[], c_state text[],
  c_updated bigint[],
  f_of int[], f_seq bigint[], f_revision bigint[], f_at bigint[], f_outcome text[], f_history text[],
  f_code text[],
  m_timer boolean[], m_to text[], m_id text[], m_due bigint[], m_event text[], m_cause text[], m_hops int[],
  m_hash text[],
  t_to text[], t_id text[],
  j_instance text[], j_id text[], j_effect text[], j_queue text[], j_name text[], j_priority int[],
  j_input text[], j_ask boolean[], j_deadline bigint[], j_heartbeat bigint[],
  x_instance text[], x_id text[],
  i_id text[], i_machine text[], i_definition text[], i_hash text[], i_parent text[], i_detached boolean[],
  s_id text[], s_event text[], s_cause text[], s_hops int[], s_hash text[]
) RETURNS boolean[] LANGUAGE plpgsql ${SETTINGS} AS $body$
DECLARE
  now bigint;
  held boolean[];
  moved bigint;
BEGIN
  IF cardinality(m_to) + cardinality(i_id) > 0 THEN PERFORM detent.make_mailboxes(m_to || i_id); END IF;
  PERFORM detent.lock_mailboxes(c_instance || m_to || i_id);
  now := detent.now_ms(given);

  SELECT array_agg(h.holds ORDER BY h.ord) INTO held FROM (
    SELECT c.ord,
      i.id IS NOT NULL AND row_number() OVER (PARTITION BY c.instance, i.id ORDER BY c.ord) = 1 AS holds
    FROM unnest(c_instance, c_token, c_base) WITH ORDINALITY AS c (instance, token, base, ord)
    LEFT JOIN detent.mailbox b ON b.instance = c.instance AND b.token = c.token
    LEFT JOIN detent.instance i ON i.id = b.instance AND i.revision = c.base
  ) h;
  IF false = ANY (held) THEN
    DELETE FROM detent.mailbox b
    WHERE b.instance = ANY (m_to || i_id) AND b.definition = '' AND b.next_due_at IS NULL;
    RETURN held;
  END IF;
  IF fault IS NOT NULL THEN RAISE EXCEPTION '%', fault; END IF;

  WITH folded AS (
    DELETE FROM detent.message m
    USING unnest(f_of, f_seq, f_revision, f_at, f_outcome, f_history, f_code)
      AS f (of, seq, revision, at, outcome, history, code)
    WHERE m.seq = f.seq AND m.recipient = c_instance[f.of]
    RETURNING f.of, m.recipient, f.revision, m.id, f.at, m.seed, m.event, m.payload, f.outcome, f.history, f.code
  )
  INSERT INTO detent.journal
    (instance, revision, event_id, at, seed, event, payload, outcome, history, code)
  SELECT recipient, revision, id, at, seed, event, payload, outcome, history, code
  FROM folded ORDER BY of, revision;
  GET DIAGNOSTICS moved = ROW_COUNT;
  IF moved <> cardinality(f_seq) THEN
    RAISE EXCEPTION 'a message that was folded is not in its mailbox';
  END IF;

  UPDATE detent.instance i SET
    revision = c.revision, status = c.status, state = coalesce(c.state, i.state), updated_at = c.updated,
    ended_at = CASE WHEN c.status NOT IN ('running', 'paused') THEN c.updated END
  FROM unnest(c_instance, c_revision, c_status, c_state, c_updated)
    AS c (instance, revision, status, state, updated)
  WHERE i.id = c.instance;

  -- Few commits pass a multiple.
  IF EXISTS (
    SELECT FROM unnest(c_base, c_revision) AS c (base, revision)
    WHERE c.revision / ${SNAPSHOT_EVERY} > c.base / ${SNAPSHOT_EVERY}
  ) THEN
  INSERT INTO detent.snapshot (instance, revision, machine, at, status, state)
  SELECT i.id, i.revision, i.machine, now, i.status, i.state
  FROM unnest(c_instance, c_base, c_revision) AS c (instance, base, revision)
  JOIN detent.instance i ON i.id = c.instance
  WHERE c.revision / ${SNAPSHOT_EVERY} > c.base / ${SNAPSHOT_EVERY};
  END IF;

  IF cardinality(m_to) > 0 THEN
    PERFORM detent.append(now, false, m_to, m_id, m_due, m_event, m_cause, m_hops, m_hash, m_timer);
  END IF;

  IF cardinality(t_id) > 0 THEN
    DELETE FROM detent.message m USING unnest(t_to, t_id) AS t (recipient, id)
    WHERE m.recipient = t.recipient AND m.id = t.id AND m.timer;
  END IF;

  IF cardinality(j_id) > 0 THEN
    INSERT INTO detent.payload (instance, hash, text)
    SELECT DISTINCT ON (1, 2) j.instance, sha256(convert_to(j.input, 'UTF8')), j.input
    FROM unnest(j_instance, j_input) AS j (instance, input)
    WHERE octet_length(j.input) > ${OUT_OF_ROW_LENGTH}
    ON CONFLICT DO NOTHING;

    INSERT INTO detent.job
      (id, instance, machine, effect, queue, name, priority, input, payload, ask, status, max_attempts,
       created_at, due_at, deadline_at, heartbeat_ms, expires_at)
    SELECT j.id, j.instance, i.machine, j.effect, j.queue, j.name, j.priority,
      CASE WHEN octet_length(j.input) <= ${OUT_OF_ROW_LENGTH} THEN j.input END,
      CASE WHEN octet_length(j.input) > ${OUT_OF_ROW_LENGTH} THEN sha256(convert_to(j.input, 'UTF8')) END,
      j.ask, 'pending', ${MAX_DELIVERIES}, now, now, j.deadline, j.heartbeat, j.deadline
    FROM unnest(j_instance, j_id, j_effect, j_queue, j_name, j_priority, j_input, j_ask, j_deadline, j_heartbeat)
      WITH ORDINALITY
      AS j (instance, id, effect, queue, name, priority, input, ask, deadline, heartbeat, ord)
    JOIN detent.instance i ON i.id = j.instance
    ORDER BY j.ord;
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

  UPDATE detent.mailbox b SET
    token = NULL, worker = NULL, lease_until = 0, attempts = 0, problem = NULL,
    next_due_at = d.due, wake_at = CASE WHEN NOT b.paused THEN d.due END
  FROM unnest(c_instance) AS c (instance)
  LEFT JOIN LATERAL (
    SELECT greatest(m.due_at, now) AS due FROM detent.message m
    WHERE m.recipient = c.instance ORDER BY m.due_at, m.seq LIMIT 1
  ) d ON true
  WHERE b.instance = c.instance;
  RETURN held;
END
$body$`;
