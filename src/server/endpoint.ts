import type { Context, Hono } from 'hono';
import { Refused } from '../core/problem.js';
import { problemResponse } from './problem-document.js';

type Answer = (context: Context) => Response | Promise<Response>;

/** A path and what it answers to. */
export interface Endpoint {
  readonly path: string;
  readonly get?: Answer;
  readonly post?: Answer;
}

/** Serves an endpoint; every method that it does not have is answered with 405. */
export function serveEndpoint(app: Hono, { path, get, post }: Endpoint): void {
  if (get !== undefined) app.get(path, get);
  if (post !== undefined) app.post(path, post);
  const allow = [...(get === undefined ? [] : ['GET', 'HEAD']), ...(post === undefined ? [] : ['POST'])].join(
    ', ',
  );
  app.all(path, ({ req }) => {
    const message = `${req.method} is not allowed here; ${allow} is`;
    return problemResponse(new Refused({ code: 'method-not-allowed', message, path: '' }), { allow });
  });
}
