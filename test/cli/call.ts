import { afterEach } from 'vitest';
import { callProgram } from '../../src/cli/program.js';
import { openTerminal } from '../../src/cli/terminal.js';
import type { Engine } from '../../src/core/engine.js';
import type { Language } from '../../src/core/language.js';
import type { EngineOptions } from '../../src/embed/engine.js';
import { systemClock } from '../../src/runtime/clock.js';
import { DurableEngine } from '../../src/runtime/engine.js';
import { Registry } from '../../src/runtime/registry.js';
import { schedule } from '../../src/schedule/language.js';
import { openMemoryStore } from '../../src/store/memory/memory-store.js';
import type { Store } from '../../src/store/store.js';
import { probe } from '../../src/testing/probe-language.js';

/** The probe under a name that definitions are known by; it asks for the tasks that its source names. */
function probeAs(language: string): Language {
  const compile: Language['compile'] = (source) => {
    const { tasks = [] } = source as { readonly tasks?: readonly string[] };
    return { language, tasks };
  };
  return { ...probe, name: language, compile };
}

const LANGUAGES: readonly Language[] = [probeAs('statechart'), probeAs('asl'), schedule];

const engines: Engine[] = [];

afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

function engineOn(store: Store, options: EngineOptions): Engine {
  const engine = new DurableEngine({
    store: keptOpen(store),
    registry: new Registry({ languages: LANGUAGES, handlers: options.handlers ?? {} }),
    clock: systemClock,
    identity: 'test',
    works: options.worker ?? true,
    failMissing: options.failFast ?? false,
    remote: options.remote ?? [],
  });
  engines.push(engine);
  return engine;
}

/** The store, which outlives the engines on it. */
function keptOpen(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name === 'close') return async () => {};
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

export interface Called {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A store in memory that commands are called on, one after the other, without a process. */
export function openCommandLine(failure?: Error) {
  const store = openMemoryStore();
  const opened: EngineOptions[] = [];
  /** An engine on the same store, as another process would have it. */
  const engine = (options: EngineOptions) => engineOn(store, options);
  const call = async (
    words: string[],
    settings: { stdin?: string; env?: NodeJS.ProcessEnv } = {},
  ): Promise<Called> => {
    const written = { out: '', err: '' };
    const stream = (name: 'out' | 'err') => ({
      write: (text: string) => {
        written[name] += text;
      },
    });
    async function* stdin() {
      yield settings.stdin ?? '';
    }
    const streams = { stdin: stdin(), stdout: stream('out'), stderr: stream('err') };
    const code = await callProgram('1.2.3', {
      terminal: openTerminal(streams, { DETENT_DB: 'memory:', ...settings.env }),
      openEngine: async (options) => {
        if (failure !== undefined) throw failure;
        opened.push(options);
        return engineOn(store, options);
      },
      languages: async () => LANGUAGES,
      words,
    });
    return { code, ...written };
  };
  return { call, engine, opened };
}
