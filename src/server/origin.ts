import { Refused } from '../core/problem.js';

/**
 * Refuses what a web page of another site makes a browser send. A page may post to any address without
 * asking, and a name that it owns may be pointed at this machine; so a request that names an origin must come
 * from the host it is sent to, and a server that only this machine shall reach takes only this machine's names.
 */
export function refuseForeign(request: Request, localOnly: boolean): void {
  const host = request.headers.get('host') ?? new URL(request.url).host;
  const origin = request.headers.get('origin');
  if (origin !== null && hostOf(origin) !== host) {
    throw new Refused({ code: 'foreign-origin', message: `requests from ${origin} are not taken`, path: '' });
  }
  if (localOnly && !isLocal(host.replace(/:\d+$/, ''))) {
    const message = `this server takes requests for localhost only, not for ${host}`;
    throw new Refused({ code: 'unknown-host', message, path: '' });
  }
}

/** Whether a host name or address always means this machine. */
export function isLocal(host: string): boolean {
  return (
    host === 'localhost' ||
    host.endsWith('.localhost') ||
    host === '::1' ||
    host === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(host)
  );
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
