import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** How long a client may go on sending what it was answered already, in milliseconds. */
export const LINGER_MS = 5_000;

/** What it may send in that time, in bytes. */
export const MAX_LINGER_BYTES = 67_108_864;

/**
 * Lets the answer to a request arrive that is given before all of the request has come: what still comes is read and
 * dropped, within LINGER_MS and MAX_LINGER_BYTES, and a connection that is to end is closed in our direction alone
 * until then. Closed at once, it would be reset because of what was not read, and the client, in the middle of
 * writing, might never see the answer (RFC 9112, 9.6).
 */
export function linger(incoming: IncomingMessage, outgoing: ServerResponse): void {
  // Before Node does what it does after an answer.
  outgoing.prependOnceListener('finish', () => {
    const { socket } = incoming;
    if (incoming.complete || socket.destroyed) return;
    let isLast = false;
    // What Node calls to end a connection after its last answer.
    socket.destroySoon = () => {
      isLast = true;
      socket.end();
    };
    drop(incoming, () => {
      socket.destroySoon = Socket.prototype.destroySoon;
      if (isLast || !incoming.complete) socket.destroySoon();
    });
  });
}

/** Reads to the end of a request, of its connection, or to a limit. */
function drop(incoming: IncomingMessage, done: () => void): void {
  let bytes = 0;
  const finish = () => {
    clearTimeout(timer);
    incoming.off('data', count).off('end', finish).off('close', finish);
    done();
  };
  const count = (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > MAX_LINGER_BYTES) finish();
  };
  const timer = setTimeout(finish, LINGER_MS);
  // Whoever read the request keeps, and pauses it for, what nobody wants any more.
  incoming.removeAllListeners('data');
  incoming.on('data', count).once('end', finish).once('close', finish);
  // At once, for Node drops uncounted what nobody has begun to read.
  incoming.read();
  incoming.resume();
}
