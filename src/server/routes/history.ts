import type { Engine } from '../../core/engine.js';
import type { Endpoint } from '../endpoint.js';
import { pageOf, readQuery } from '../request.js';

export function historyEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/instances/:id/history',
      async get({ req, json }) {
        const query = readQuery(req.url, ['limit', 'after']);
        return json(await engine.history(req.param('id') ?? '', pageOf(query)));
      },
    },
  ];
}
