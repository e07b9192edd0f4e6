import { afterEach } from 'vitest';
import type { Engine } from '../../src/core/engine.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { schedule } from '../../src/schedule/language.js';
import { type AppOptions, createApp } from '../../src/server/app.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import { probe } from '../../src/testing/probe-language.js';

const engines: Engine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

/** A real engine on a store in memory, with one machine, `probe`; closed after the test. */
export async function openProbe(): Promise<Engine> {
  const engine = new DurableEngine({
    store: openMemoryStore(),
    registry: new Registry({ languages: [probe, schedule] }),
    clock: systemClock,
    identity: 'test',
    works: true,
  });
  engines.push(engine);
  await engine.publish({ machine: 'probe', language: 'probe', source: {} });
  return engine;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies are told apart by the tests that read them
  readonly body: any;
}

/** The API of such an engine, to be called without a socket. */
export async function openApp(options: AppOptions & { engine?: Engine } = {}) {
  const engine = options.engine ?? (await openProbe());
  const app = createApp(engine, options);
  const call = async (path: string, init: RequestInit = {}): Promise<Answer> => {
    const response = await app.request(path, init);
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    call(path, { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body), headers });
  return { engine, app, call, post };
}
