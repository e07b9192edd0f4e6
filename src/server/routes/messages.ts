import type { Engine } from '../../core/engine.js';
import { own } from '../../core/json.js';
import type { Endpoint } from '../endpoint.js';
import { oneOf, readBody, requiredText, textMember } from '../request.js';

/** Messages for whoever waits for their key and value. */
export function messageEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/messages',
      async post({ req, json }) {
        const body = await readBody(req.raw, ['key', 'value', 'data', 'to']);
        const to = oneOf('to', textMember(body, 'to'), ['all', 'one'] as const);
        const value = own(body, 'value') ?? null;
        const message = { key: requiredText(body, 'key'), value, data: own(body, 'data') ?? null };
        return json(await engine.correlate(message, to));
      },
    },
  ];
}
