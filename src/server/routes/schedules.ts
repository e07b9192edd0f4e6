import type { Context } from 'hono';
import type { Engine } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { STATUSES } from '../../core/instance.js';
import { SCHEDULE_MACHINE } from '../../core/schedule-id.js';
import type { Endpoint } from '../endpoint.js';
import { NamedSchedule } from '../named-schedule.js';
import { oneOf, pageOf, readBody, readQuery, requiredText, textMember, waitOf } from '../request.js';
import { scheduleDocument } from '../schedule-document.js';

const PATH = '/api/v1/schedules';

/** What a schedule can be told, and the keys of the body. */
const COMMANDS = { pause: ['note'], resume: [], trigger: [], skip: [] } as const;

export function scheduleEndpoints(engine: Engine): readonly Endpoint[] {
  const named = ({ req }: Context) => new NamedSchedule(engine, req.param('name') ?? '');
  return [
    {
      path: PATH,
      async get({ req, json }) {
        const query = readQuery(req.url, ['status', 'limit', 'after']);
        const status = oneOf('status', query.status, STATUSES);
        const page = await engine.list({
          machine: SCHEDULE_MACHINE,
          ...given({ status }),
          ...pageOf(query),
        });
        return json({ ...page, items: page.items.map(scheduleDocument) });
      },
      async post({ req, json }) {
        readQuery(req.url, []);
        const body = await readBody(req.raw);
        const name = requiredText(body, 'name');
        const { name: _, ...specification } = body;
        const { view, isNew } = await new NamedSchedule(engine, name).create(specification);
        return json(scheduleDocument(view), isNew ? 201 : 200, { location: locationOf(name) });
      },
    },
    {
      path: `${PATH}/:name`,
      async get(context) {
        readQuery(context.req.url, []);
        return context.json(scheduleDocument(await named(context).read()));
      },
      async put(context) {
        const { req, json } = context;
        const wait = waitOf(readQuery(req.url, ['wait']).wait);
        const specification = await readBody(req.raw);
        const put = await named(context).put(specification, eventIdOf(context), given({ wait }));
        if ('updated' in put) return json(put.updated, put.updated.applied === undefined ? 202 : 200);
        const document = scheduleDocument(put.created);
        return json(document, 201, { location: locationOf(document.name) });
      },
      async delete(context) {
        readQuery(context.req.url, []);
        return context.json(await named(context).stop(), 202);
      },
    },
    ...Object.entries(COMMANDS).map(([type, keys]): Endpoint => {
      return {
        path: `${PATH}/:name/${type}`,
        async post(context) {
          const { req, json } = context;
          const wait = waitOf(readQuery(req.url, ['wait']).wait);
          const body = await readBody(req.raw, keys);
          const note = textMember(body, 'note');
          const event = { type, ...given({ data: note === undefined ? undefined : { note } }) };
          const receipt = await named(context).tell({ ...event, ...eventIdOf(context) }, given({ wait }));
          return json(receipt, receipt.applied === undefined ? 202 : 200);
        },
      };
    }),
    {
      path: `${PATH}/:name/history`,
      async get(context) {
        const query = readQuery(context.req.url, ['limit', 'after']);
        return context.json(await named(context).history(pageOf(query)));
      },
    },
  ];
}

function locationOf(name: string): string {
  return `${PATH}/${encodeURIComponent(name)}`;
}

/** A request that is made again with the same key does nothing again. */
function eventIdOf({ req }: Context): { readonly id?: string } {
  return given({ id: req.header('idempotency-key') });
}
