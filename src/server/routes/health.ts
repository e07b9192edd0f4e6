import type { Engine } from '../../core/engine.js';
import type { Endpoint } from '../endpoint.js';

/**
 * `/livez`: the process answers. `/readyz`: it can do work, so its store does too and it is not on its way
 * out. `/health`: the same, with figures for people, which take counting: not for probes.
 */
export function healthEndpoints(engine: Engine, isDraining: () => boolean): readonly Endpoint[] {
  return [
    { path: '/livez', get: ({ json }) => json({ status: 'ok' }) },
    {
      path: '/readyz',
      async get({ json }) {
        const ready = !isDraining() && (await answers(engine));
        return ready ? json({ status: 'ok' }) : json({ status: 'unavailable' }, 503);
      },
    },
    {
      path: '/health',
      async get({ json }) {
        const health = await engine.health();
        return json(health, health.ok ? 200 : 503);
      },
    },
  ];
}

/** Whether the store can be asked: for what takes as long however much there is in it. */
async function answers(engine: Engine): Promise<boolean> {
  try {
    await engine.paused();
    return true;
  } catch {
    return false;
  }
}
