import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { own } from '../../core/json.js';
import type { Endpoint } from '../endpoint.js';
import { idempotencyId, readBody, readQuery, requiredText, textMember, waitOf } from '../request.js';

export function eventEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/instances/:id/events',
      async post({ req, json }) {
        const { create, wait: duration } = readQuery(req.url, ['create', 'wait']);
        const wait = waitOf(duration);
        const body = await readBody(req.raw, ['type', 'data', 'id']);
        const type = requiredText(body, 'type');
        const data = own(body, 'data');
        const id = idempotencyId(textMember(body, 'id'), req.header('idempotency-key'));
        const event = { type, ...given({ data, id }) };
        const receipt = await engine.send(req.param('id') ?? '', event, given({ create, wait }));
        return json(receipt, receipt.applied === undefined ? 202 : 200);
      },
    },
  ];
}
