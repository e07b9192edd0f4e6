import { DEAD_LETTER_MS } from '../../../core/limits.js';
import { SETTINGS } from './settings.js';

/** When the next thing is due that such a caller could do: a mailbox, a job, an end that is overdue. */
export const NEXT_DUE = `
CREATE OR REPLACE FUNCTION detent.next_due(hashes text[], names text[], queues text[]) RETURNS bigint
LANGUAGE plpgsql STABLE ${SETTINGS} AS $body$
BEGIN
  RETURN least(
    (SELECT min(w.wake_at) FROM unnest(hashes) AS h (hash)
     CROSS JOIN (VALUES (0), (1)) AS s (suspect)
     CROSS JOIN LATERAL (
       SELECT b.wake_at FROM detent.mailbox b
       WHERE b.definition = h.hash AND (b.attempts > 0)::int = s.suspect AND b.wake_at IS NOT NULL
       ORDER BY b.wake_at LIMIT 1
     ) w
     WHERE NOT EXISTS (
       SELECT FROM detent.definition d JOIN detent.paused p ON p.kind = 'machine' AND p.name = d.machine
       WHERE d.hash = h.hash)),
    (SELECT b.wake_at + ${DEAD_LETTER_MS} FROM detent.mailbox b
     WHERE b.definition = '' AND (b.attempts > 0)::int = 0 AND b.wake_at IS NOT NULL
     ORDER BY b.wake_at LIMIT 1),
    (SELECT j.expires_at FROM detent.job j WHERE j.expires_at IS NOT NULL ORDER BY j.expires_at LIMIT 1),
    (SELECT j.lease_until FROM detent.job j
     WHERE j.status = 'processing' AND (names IS NULL OR j.name = ANY (names))
       AND (queues IS NULL OR j.queue = ANY (queues))
       AND NOT EXISTS (SELECT FROM detent.paused p WHERE p.kind = 'queue' AND p.name = j.queue)
     ORDER BY j.lease_until LIMIT 1),
    (SELECT min(d.due_at) FROM detent.lanes(names, queues) l
     LEFT JOIN detent.queue q ON q.name = l.queue
     CROSS JOIN LATERAL (
       SELECT j.due_at FROM detent.job j
       WHERE j.status = 'pending' AND j.queue = l.queue AND j.name = l.name AND j.priority = l.priority
       ORDER BY j.due_at LIMIT 1
     ) d
     WHERE q.name IS NULL OR q.concurrency > (
       SELECT count(*) FROM detent.job p WHERE p.status = 'processing' AND p.queue = l.queue)));
END
$body$`;
