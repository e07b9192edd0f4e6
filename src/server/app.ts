import { Hono } from 'hono';
import type { Engine } from '../core/engine.js';
import { Refused } from '../core/problem.js';
import { serveEndpoint } from './endpoint.js';
import { refuseForeign } from './origin.js';
import { isInside, problemResponse } from './problem-document.js';
import { refuseNul } from './request.js';
import { eventEndpoints } from './routes/events.js';
import { healthEndpoints } from './routes/health.js';
import { historyEndpoints } from './routes/history.js';
import { instanceEndpoints } from './routes/instances.js';
import { jobEndpoints } from './routes/jobs.js';
import { machineEndpoints } from './routes/machines.js';
import { messageEndpoints } from './routes/messages.js';
import { queueEndpoints } from './routes/queues.js';
import { scheduleEndpoints } from './routes/schedules.js';
import { taskEndpoints } from './routes/tasks.js';
import { watchEndpoints } from './routes/watch.js';

export interface AppOptions {
  /** Take only requests that name this machine (`localhost`, `127.0.0.1`): for a server on a loopback address. */
  readonly localOnly?: boolean;
  /** Whether the process is on its way out: `/readyz` then says so. */
  readonly isDraining?: () => boolean;
  /** Told of what clients are not told: broken I/O and bugs. */
  readonly onError?: (error: unknown) => void;
}

/** The HTTP API of an engine, as a function from Request to Response (`app.fetch`). Errors are RFC 9457. */
export function createApp(engine: Engine, options: AppOptions = {}): Hono {
  const app = new Hono();
  app.onError((error) => {
    if (isInside(error)) options.onError?.(error);
    return problemResponse(error);
  });
  app.notFound(({ req }) => {
    return problemResponse(
      new Refused({ code: 'unknown-route', message: `there is nothing at ${req.path}`, path: '' }),
    );
  });
  app.use(async ({ req }, next) => {
    refuseForeign(req.raw, options.localOnly ?? false);
    refuseNul(req.raw);
    await next();
  });
  const endpoints = [
    ...instanceEndpoints(engine),
    ...eventEndpoints(engine),
    ...historyEndpoints(engine),
    ...watchEndpoints(engine),
    ...jobEndpoints(engine),
    ...messageEndpoints(engine),
    ...taskEndpoints(engine),
    ...queueEndpoints(engine),
    ...machineEndpoints(engine),
    ...scheduleEndpoints(engine),
    ...healthEndpoints(engine, options.isDraining ?? (() => false)),
  ];
  for (const endpoint of endpoints) serveEndpoint(app, endpoint);
  return app;
}
