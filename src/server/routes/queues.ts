import type { Engine } from '../../core/engine.js';
import { own } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import type { Endpoint } from '../endpoint.js';
import { readBody, readQuery } from '../request.js';

export function queueEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/queues',
      async get({ req, json }) {
        readQuery(req.url, []);
        return json({ items: await engine.queues() });
      },
    },
    {
      path: '/api/v1/queues/:queue',
      async put({ req, json }) {
        const queue = req.param('queue') ?? '';
        const concurrency = own(await readBody(req.raw, ['concurrency']), 'concurrency');
        if (concurrency === undefined) {
          const hint = 'null lifts the limit';
          const message = 'concurrency is missing';
          throw new Refused({ code: 'invalid-request', message, path: '/concurrency', hint });
        }
        await engine.limitQueue(queue, concurrency as number | null);
        return json({ queue, concurrency });
      },
    },
    ...[true, false].map(
      (paused): Endpoint => ({
        path: `/api/v1/queues/:queue/${paused ? 'pause' : 'resume'}`,
        async post({ req, json }) {
          await readBody(req.raw, []);
          const queue = req.param('queue') ?? '';
          await (paused ? engine.pause({ queue }) : engine.resume({ queue }));
          return json({ queue, paused });
        },
      }),
    ),
  ];
}
