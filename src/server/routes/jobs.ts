import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { JOB_STATUSES } from '../../core/job.js';
import type { Endpoint } from '../endpoint.js';
import { jobDocument } from '../job-document.js';
import { oneOf, pageOf, readQuery } from '../request.js';

export function jobEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/jobs',
      async get({ req, json }) {
        const query = readQuery(req.url, ['instance', 'status', 'limit', 'after']);
        const status = oneOf('status', query.status, JOB_STATUSES);
        const { instance } = query;
        const page = await engine.jobs({ ...given({ instance, status }), ...pageOf(query) });
        return json({ ...page, items: page.items.map(jobDocument) });
      },
    },
  ];
}
