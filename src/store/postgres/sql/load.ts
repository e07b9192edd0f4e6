import { INSTANCE_COLUMNS } from './instance-columns.js';
import { MESSAGE_COLUMNS, MESSAGE_PAYLOAD } from './message-columns.js';

/** The instances of leases ($2, $3) and their first due messages ($4 each); the state with the first one alone. */
export const LOAD = `
  SELECT n.now, l.ord, ${INSTANCE_COLUMNS}, CASE WHEN coalesce(m.n, 1) = 1 THEN i.state END, ${MESSAGE_COLUMNS}
  FROM (SELECT detent.now_ms($1) AS now) n
  CROSS JOIN unnest($2::text[], $3::text[]) WITH ORDINALITY AS l (instance, token, ord)
  JOIN detent.mailbox b ON b.instance = l.instance AND b.token = l.token
  JOIN detent.instance i ON i.id = b.instance
  LEFT JOIN LATERAL (
    SELECT m.*, row_number() OVER (ORDER BY m.due_at, m.seq) AS n
    FROM detent.message m WHERE m.recipient = b.instance AND m.due_at <= n.now
    ORDER BY m.due_at, m.seq LIMIT $4
  ) m ON true
  ${MESSAGE_PAYLOAD}
  ORDER BY l.ord, m.n`;
