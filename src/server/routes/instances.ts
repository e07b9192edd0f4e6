import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { STATUSES } from '../../core/instance.js';
import { own } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import type { Endpoint } from '../endpoint.js';
import {
  idempotencyId,
  oneOf,
  pageOf,
  readBody,
  readQuery,
  requiredText,
  revisionOf,
  textMember,
  waitOf,
} from '../request.js';

export function instanceEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/instances',
      async get({ req, json }) {
        const query = readQuery(req.url, ['machine', 'status', 'parked', 'limit', 'after']);
        const status = oneOf('status', query.status, STATUSES);
        const parked = oneOf('parked', query.parked, ['true', 'false']);
        const { machine } = query;
        const flags = given({
          machine,
          status,
          parked: parked === undefined ? undefined : parked === 'true',
        });
        const page = await engine.list({ ...flags, ...pageOf(query) });
        return json(page);
      },
      async post({ req, json }) {
        const wait = waitOf(readQuery(req.url, ['wait']).wait);
        const body = await readBody(req.raw, ['machine', 'id', 'input']);
        const machine = requiredText(body, 'machine');
        const id = idempotencyId(textMember(body, 'id'), req.header('idempotency-key'));
        const input = own(body, 'input');
        const view = await engine.create(machine, given({ id, input, wait }));
        return json(view, 201, { location: `/api/v1/instances/${encodeURIComponent(view.id)}` });
      },
    },
    {
      path: '/api/v1/instances/:id',
      async get({ req, json }) {
        const revision = revisionOf(readQuery(req.url, ['revision']).revision);
        return json(await existing(engine, req.param('id') ?? '', revision));
      },
    },
    {
      path: '/api/v1/instances/:id/retry',
      async post({ req, json }) {
        const id = req.param('id') ?? '';
        await readBody(req.raw, []);
        await engine.retry(id);
        return json(await existing(engine, id));
      },
    },
    ...(['pause', 'resume'] as const).map(
      (change): Endpoint => ({
        path: `/api/v1/instances/:id/${change}`,
        async post({ req, json }) {
          const id = req.param('id') ?? '';
          await readBody(req.raw, []);
          await engine[change]({ instance: id });
          return json(await existing(engine, id));
        },
      }),
    ),
    {
      path: '/api/v1/instances/:id/stop',
      async post({ req, json }) {
        const body = await readBody(req.raw, ['error', 'cause']);
        const error = textMember(body, 'error');
        const cause = textMember(body, 'cause');
        const reason = given({ error, cause });
        return json(await engine.stop(req.param('id') ?? '', reason), 202);
      },
    },
  ];
}

async function existing(engine: Engine, id: string, revision?: number) {
  const view = await engine.read(id, given({ revision }));
  if (view !== undefined) return view;
  throw new Refused({ code: 'unknown-instance', message: `there is no instance "${id}"`, path: '' });
}
