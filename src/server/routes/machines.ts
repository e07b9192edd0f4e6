import type { Engine } from '../../core/engine.js';
import type { Endpoint } from '../endpoint.js';
import { readQuery } from '../request.js';

export function machineEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/machines',
      async get({ req, json }) {
        readQuery(req.url, []);
        return json({ items: await engine.machines() });
      },
    },
  ];
}
