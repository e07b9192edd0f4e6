import type { Context, Hono } from 'hono';
import { Refused } from '../core/problem.js';
import { problemResponse } from './problem-document.js';

type Answer = (context: Context) => Response | Promise<Response>;

const METHODS = ['get', 'post', 'put', 'delete'] as const;

/** A path and what it answers to. */
export type Endpoint = { readonly path: string } & {
  readonly [M in (typeof METHODS)[number]]?: Answer;
};

/** Serves an endpoint; every method that it does not have is answered with 405. */
export function serveEndpoint(app: Hono, endpoint: Endpoint): void {
  const { path } = endpoint;
  const allowed: string[] = [];
  for (const method of METHODS) {
    const answer = endpoint[method];
    if (answer === undefined) continue;
    app[method](path, answer);
    allowed.push(...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  }
  const allow = allowed.join(', ');
  app.all(path, ({ req }) => {
    const message = `${req.method} is not allowed here; ${allow} is`;
    return problemResponse(new Refused({ code: 'method-not-allowed', message, path: '' }), { allow });
  });
}
