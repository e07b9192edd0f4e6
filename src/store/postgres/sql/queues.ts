export const LIMIT_QUEUE = `
  INSERT INTO detent.queue (name, concurrency) VALUES ($1, $2)
  ON CONFLICT (name) DO UPDATE SET concurrency = excluded.concurrency`;

export const UNLIMIT_QUEUE = 'DELETE FROM detent.queue WHERE name = $1';

export const PAUSE = `
  INSERT INTO detent.paused (kind, name) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING true`;

export const RESUME = 'DELETE FROM detent.paused WHERE kind = $1 AND name = $2 RETURNING true';

export const PAUSED = 'SELECT kind, name FROM detent.paused ORDER BY kind, name';

export const QUEUES = `
  WITH counted AS (
    SELECT j.queue,
      count(*) FILTER (WHERE j.status = 'pending' AND j.due_at <= n.now) AS pending,
      count(*) FILTER (WHERE j.status = 'pending' AND j.due_at > n.now) AS delayed,
      count(*) FILTER (WHERE j.status = 'processing') AS processing,
      count(*) FILTER (WHERE j.status = 'completed') AS completed,
      count(*) FILTER (WHERE j.status = 'failed') AS failed,
      count(*) FILTER (WHERE j.status = 'cancelled') AS cancelled,
      min(j.due_at) FILTER (WHERE j.status = 'pending' AND j.due_at <= n.now) AS since
    FROM detent.job j, (SELECT detent.now_ms($1) AS now) n
    GROUP BY j.queue
  ), known AS (
    SELECT queue AS name FROM counted
    UNION SELECT name FROM detent.queue
    UNION SELECT name FROM detent.paused WHERE kind = 'queue'
  )
  SELECT k.name, EXISTS (SELECT FROM detent.paused p WHERE p.kind = 'queue' AND p.name = k.name), q.concurrency,
    coalesce(c.pending, 0), coalesce(c.delayed, 0), coalesce(c.processing, 0), coalesce(c.completed, 0),
    coalesce(c.failed, 0), coalesce(c.cancelled, 0), c.since
  FROM known k
  LEFT JOIN detent.queue q ON q.name = k.name
  LEFT JOIN counted c ON c.queue = k.name
  ORDER BY k.name`;
