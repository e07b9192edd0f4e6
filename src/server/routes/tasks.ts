import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { own } from '../../core/json.js';
import type { Endpoint } from '../endpoint.js';
import { readBody, readQuery, requiredText, textMember, waitOf } from '../request.js';

/** Tasks of activities, and answers to tasks that wait for their token, which stands in the body: addresses are written into logs. */
export function taskEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/tasks/claim',
      async post({ req, json, body: answer }) {
        const wait = waitOf(readQuery(req.url, ['wait']).wait);
        const body = await readBody(req.raw, ['activity']);
        const options = { ...given({ wait }), signal: req.raw.signal };
        const task = await engine.claimActivity(requiredText(body, 'activity'), options);
        return task === undefined ? answer(null, 204) : json(task);
      },
    },
    {
      path: '/api/v1/tasks/succeed',
      async post({ req, body: answer }) {
        const body = await readBody(req.raw, ['token', 'output']);
        await engine.succeedTask(requiredText(body, 'token'), own(body, 'output') ?? null);
        return answer(null, 204);
      },
    },
    {
      path: '/api/v1/tasks/fail',
      async post({ req, body: answer }) {
        const body = await readBody(req.raw, ['token', 'error', 'cause']);
        const failure = given({ error: textMember(body, 'error'), cause: textMember(body, 'cause') });
        await engine.failTask(requiredText(body, 'token'), failure);
        return answer(null, 204);
      },
    },
    {
      path: '/api/v1/tasks/heartbeat',
      async post({ req, body: answer }) {
        const body = await readBody(req.raw, ['token']);
        await engine.heartbeatTask(requiredText(body, 'token'));
        return answer(null, 204);
      },
    },
  ];
}
