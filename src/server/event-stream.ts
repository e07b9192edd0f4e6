/** How often a stream that has nothing to say says so, in milliseconds: proxies close what is silent. */
export const HEARTBEAT_MS = 15_000;

/** One event of a stream. `id` comes back as Last-Event-ID from a client that was cut off. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
  readonly id?: string;
}

/**
 * An event as the stream has it; its texts have no line breaks in them ("HTML: server-sent events").
 *
 * @example
 * eventText({ event: 'reset', data: '{}', id: '7' }); // => 'id: 7\nevent: reset\ndata: {}\n\n'
 */
export function eventText({ event, data, id }: ServerSentEvent): string {
  return `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/**
 * A response that goes on for as long as there are events and the client is there. No event is taken before the
 * client has room for it. `onEnd` is called once.
 */
export function eventStream(
  events: AsyncIterator<readonly ServerSentEvent[]>,
  onEnd: () => void,
  heartbeatMs = HEARTBEAT_MS,
): Response {
  const encoder = new TextEncoder();
  let hasEnded = false;
  const end = () => {
    if (hasEnded) return;
    hasEnded = true;
    onEnd();
  };
  let next: Promise<IteratorResult<readonly ServerSentEvent[]>> | undefined;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        next ??= events.next();
        const result = await within(next, heartbeatMs);
        if (hasEnded) return;
        if (result === undefined) return controller.enqueue(encoder.encode(': nothing new\n\n'));
        next = undefined;
        if (result.done !== true) {
          return controller.enqueue(encoder.encode(result.value.map(eventText).join('') || ': \n\n'));
        }
        end();
        controller.close();
      },
      cancel: end,
    },
    { highWaterMark: 0 },
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      // For proxies that would hold events back until they have many.
      'x-accel-buffering': 'no',
    },
  });
}

/** What a promise comes to, or undefined if that takes longer. */
async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
