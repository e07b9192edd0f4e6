import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { own } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import type { Endpoint } from '../endpoint.js';
import { readBody, readQuery, requiredText, textMember, waitOf } from '../request.js';

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
        const id = eventId(textMember(body, 'id'), req.header('idempotency-key'));
        const event = { type, ...given({ data, id }) };
        const receipt = await engine.send(req.param('id') ?? '', event, given({ create, wait }));
        return json(receipt, receipt.applied === undefined ? 202 : 200);
      },
    },
  ];
}

/** The event's id may stand in the body or, for clients that send one with every request, in the header. */
function eventId(inBody: string | undefined, inHeader: string | undefined): string | undefined {
  if (inBody !== undefined && inHeader !== undefined && inBody !== inHeader) {
    const message = `the body's id "${inBody}" and the Idempotency-Key "${inHeader}" differ`;
    throw new Refused({ code: 'invalid-request', message, path: '/id' });
  }
  return inBody ?? inHeader;
}
