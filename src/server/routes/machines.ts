import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { STATUSES } from '../../core/instance.js';
import type { Endpoint } from '../endpoint.js';
import { flagMember, numberMember, oneOf, readBody, readQuery, textMember } from '../request.js';

export function machineEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/machines',
      async get({ req, json }) {
        readQuery(req.url, []);
        return json({ items: await engine.machines() });
      },
    },
    {
      path: '/api/v1/machines/:machine/migrate',
      async post({ req, json }) {
        const body = await readBody(req.raw, [
          ...['to', 'from', 'instance', 'status', 'dryRun', 'limit', 'after'],
        ]);
        const options = given({
          to: numberMember(body, 'to'),
          from: numberMember(body, 'from'),
          limit: numberMember(body, 'limit'),
          instance: textMember(body, 'instance'),
          status: oneOf('status', textMember(body, 'status'), STATUSES),
          after: textMember(body, 'after'),
          dryRun: flagMember(body, 'dryRun'),
        });
        return json(await engine.migrate(req.param('machine') ?? '', options));
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
