import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { JOB_STATUSES } from '../../core/job.js';
import { type JsonObject, own } from '../../core/json.js';
import { Refused } from '../../core/problem.js';
import type { EnqueueOptions, JobClaimOptions, JobFailure } from '../../core/queue.js';
import type { Endpoint } from '../endpoint.js';
import { jobDocument } from '../job-document.js';
import {
  idempotencyId,
  oneOf,
  pageOf,
  readBody,
  readQuery,
  requiredText,
  textMember,
  waitOf,
} from '../request.js';

/** What a job may ask for beside its name and id; the engine checks each. */
const OPTIONS = [
  ...['input', 'queue', 'priority', 'delay', 'attempts'],
  ...['backoff', 'timeout', 'heartbeat'],
] as const;

export function jobEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/jobs',
      async get({ req, json }) {
        const query = readQuery(req.url, ['instance', 'queue', 'name', 'status', 'limit', 'after']);
        const status = oneOf('status', query.status, JOB_STATUSES);
        const { instance, queue, name } = query;
        const page = await engine.jobs({ ...given({ instance, queue, name, status }), ...pageOf(query) });
        return json({ ...page, items: page.items.map(jobDocument) });
      },
      async post({ req, json }) {
        const body = await readBody(req.raw, ['name', 'id', ...OPTIONS]);
        const id = idempotencyId(textMember(body, 'id'), req.header('idempotency-key'));
        const asked = membersOf(body, OPTIONS) as EnqueueOptions;
        const job = await engine.enqueue(requiredText(body, 'name'), { ...asked, ...given({ id }) });
        const location = `/api/v1/jobs/${encodeURIComponent(job.id)}`;
        return json(jobDocument(job), job.duplicate ? 200 : 201, { location });
      },
    },
    {
      path: '/api/v1/jobs/claim',
      // A job may have this name, too.
      get: async ({ json }) => json(jobDocument(await existing(engine, 'claim'))),
      async post({ req, json }) {
        const wait = waitOf(readQuery(req.url, ['wait']).wait);
        const body = await readBody(req.raw, ['names', 'queues', 'limit', 'lease']);
        const asked = membersOf(body, ['names', 'queues', 'limit', 'lease']) as JobClaimOptions;
        const jobs = await engine.claimJobs({ ...asked, ...given({ wait }), signal: req.raw.signal });
        return json({ items: jobs.map(jobDocument) });
      },
    },
    {
      path: '/api/v1/jobs/:id',
      async get({ req, json }) {
        readQuery(req.url, []);
        return json(jobDocument(await existing(engine, req.param('id') ?? '')));
      },
    },
    ...workerEndpoints(engine),
    ...(['cancel', 'retry'] as const).map(
      (change): Endpoint => ({
        path: `/api/v1/jobs/:id/${change}`,
        async post({ req, json }) {
          await readBody(req.raw, []);
          const id = req.param('id') ?? '';
          return json(jobDocument(await (change === 'cancel' ? engine.cancelJob(id) : engine.retryJob(id))));
        },
      }),
    ),
  ];
}

/** What a worker says of a job that it has claimed. */
function workerEndpoints(engine: Engine): readonly Endpoint[] {
  return [
    {
      path: '/api/v1/jobs/:id/heartbeat',
      async post({ req, body: answer }) {
        const body = await readBody(req.raw, ['token', 'lease']);
        const lease = membersOf(body, ['lease']) as { lease?: string };
        await engine.heartbeatJob(req.param('id') ?? '', requiredText(body, 'token'), lease);
        return answer(null, 204);
      },
    },
    {
      path: '/api/v1/jobs/:id/complete',
      async post({ req, json }) {
        const body = await readBody(req.raw, ['token', 'output']);
        const token = requiredText(body, 'token');
        return json(
          jobDocument(await engine.completeJob(req.param('id') ?? '', token, own(body, 'output') ?? null)),
        );
      },
    },
    {
      path: '/api/v1/jobs/:id/fail',
      async post({ req, json }) {
        const body = await readBody(req.raw, ['token', 'error', 'cause', 'final']);
        const token = requiredText(body, 'token');
        const failure = membersOf(body, ['error', 'cause', 'final']) as unknown as JobFailure;
        return json(jobDocument(await engine.failJob(req.param('id') ?? '', token, failure)));
      },
    },
  ];
}

/** Those of these members that are there. */
function membersOf(body: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = own(body, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
}

async function existing(engine: Engine, id: string) {
  const job = await engine.job(id);
  if (job !== undefined) return job;
  throw new Refused({ code: 'unknown-job', message: `there is no job "${id}"`, path: '' });
}
