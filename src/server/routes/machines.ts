import type { Engine } from '../../core/engine.js';
import type { Endpoint } from '../endpoint.js';
import { readBody, readQuery } from '../request.js';

export function machineEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/machines',
      async get({ req, json }) {
        readQuery(req.url, []);
        return json({ items: await engine.machines() });
      },
    },
    ...(['pause', 'resume'] as const).map(
      (change): Endpoint => ({
        path: `/api/v1/machines/:machine/${change}`,
        async post({ req, json }) {
          const machine = req.param('machine') ?? '';
          await readBody(req.raw, []);
          await engine[change]({ machine });
          return json({ machine, paused: change === 'pause' });
        },
      }),
    ),
  ];
}
