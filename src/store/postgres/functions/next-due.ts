import { DEAD_LETTER_MS, ISOLATED_DELIVERIES } from '../../../core/limits.js';
import { SETTINGS } from './settings.js';

/** When the next thing is due that such a caller could do: a mailbox, a job, an end that is overdue. */
export const NEXT_DUE = `
CREATE OR REPLACE FUNCTION detent.next_due(hashes text[], names text[], queues text[], isolated boolean) RETURNS bigint
LANGUAGE plpgsql STABLE ${SETTINGS} AS $body$
BEGIN
  RETURN least(
    (SELECT min(w.due) FROM unnest(hashes) AS h (hash)
     CROSS JOIN LATERAL (
       (SELECT b.next_due_at AS due FROM detent.mailbox b
        WHERE b.definition = h.hash AND b.next_due_at IS NOT NULL AND b.parked IS NULL AND NOT b.paused
          AND (SELECT l.attempts FROM detent.lease l WHERE l.instance = b.instance) IS NULL
        ORDER BY b.next_due_at LIMIT 1)
       UNION ALL
       (SELECT l.wake_at FROM detent.lease l WHERE l.definition = h.hash AND l.wake_at IS NOT NULL
        ORDER BY l.wake_at LIMIT 1)
     ) w
     WHERE NOT EXISTS (
       SELECT FROM detent.definition d JOIN detent.paused p ON p.kind = 'machine' AND p.name = d.machine
       WHERE d.hash = h.hash)),
    (SELECT b.next_due_at + ${DEAD_LETTER_MS} FROM detent.mailbox b
     WHERE b.definition = '' AND b.next_due_at IS NOT NULL AND b.parked IS NULL AND NOT b.paused
     ORDER BY b.next_due_at LIMIT 1),
    (SELECT j.expires_at FROM detent.job j WHERE j.expires_at IS NOT NULL ORDER BY j.expires_at LIMIT 1),
    (SELECT j.lease_until FROM detent.job j
     WHERE j.status = 'processing' AND j.lease_until IS NOT NULL AND (names IS NULL OR j.name = ANY (names))
       AND NOT (isolated AND j.attempts >= ${ISOLATED_DELIVERIES})
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
