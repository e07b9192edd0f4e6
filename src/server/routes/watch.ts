import type { Engine, WatchedHistory } from '../../core/engine.js';
import { given } from '../../core/given.js';
import { Refused } from '../../core/problem.js';
import type { Endpoint } from '../endpoint.js';
import { eventStream, type ServerSentEvent } from '../event-stream.js';
import { readQuery } from '../request.js';

/** Streams that a server keeps open at once. */
export const MAX_STREAMS = 500;

/** History as it happens. A client that was cut off goes on where it was: its Last-Event-ID is a position. */
export function watchEndpoints(engine: Engine): readonly Endpoint[] {
  let open = 0;
  return [
    {
      path: '/api/v1/watch',
      async get({ req }) {
        const query = readQuery(req.url, ['instance', 'machine', 'after']);
        const after = req.header('last-event-id') || query.after;
        if (open >= MAX_STREAMS) throw tooMany();
        const gone = new AbortController();
        const { instance, machine } = query;
        const pages = engine
          .watch({ ...given({ after, instance, machine }), signal: gone.signal })
          [Symbol.asyncIterator]();
        open += 1;
        const end = () => {
          open -= 1;
          gone.abort();
        };
        // A client that is gone is noticed only where something is written to it, or where this tells.
        req.raw.signal.addEventListener('abort', () => gone.abort(), { once: true });
        try {
          // The first page comes at once; what is refused is so before anything was answered.
          const first = await pages.next();
          const response = eventStream(eventsOf(first, pages), end);
          // A HEAD has no body that anybody would end.
          if (req.raw.method === 'HEAD') await response.body?.cancel();
          return response;
        } catch (error) {
          end();
          throw error;
        }
      },
    },
  ];
}

async function* eventsOf(
  first: IteratorResult<WatchedHistory>,
  pages: AsyncIterator<WatchedHistory>,
): AsyncGenerator<readonly ServerSentEvent[]> {
  for (let page = first; page.done !== true; page = await pages.next()) {
    const { entries, position, reset } = page.value;
    const told: ServerSentEvent[] = reset === true ? [{ event: 'reset', data: '{}' }] : [];
    told.push({ event: 'history', id: position, data: JSON.stringify({ entries, position }) });
    yield told;
  }
}

function tooMany(): Refused {
  return new Refused({
    code: 'too-many-streams',
    message: `this server keeps no more than ${MAX_STREAMS} streams open at once`,
    path: '',
    hint: 'close one, or watch through another server',
  });
}
