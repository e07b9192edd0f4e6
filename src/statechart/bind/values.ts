import { type Json, put } from '../../core/json.js';
import type { Implementations } from '../../core/language.js';
import type { Producer, Scope, Value } from '../run.js';
import type { FunctionTemplate, SettledTemplate, Template } from '../schema/chart.js';
import type { Findings, Functions } from '../schema/findings.js';
import { join } from '../schema/findings.js';

/** The one problem that may be mended without another definition. */
export const MISSING_IMPLEMENTATION = 'missing-implementation';

/** A function of a machine: a guard, a field of an assign, an input, an output. */
export type ScopeFunction = (scope: Scope, params: unknown) => unknown;

/** Turns templates into producers, with the functions that a machine was given. */
export class Values {
  readonly findings: Findings;
  readonly #implementations: Implementations;
  /** Whether any value comes from a function, and so need not be JSON. */
  hasFunctions = false;

  /** Names whose implementation is being bound, which may name others. */
  readonly #open = new Set<string>();

  constructor(implementations: Implementations, findings: Findings) {
    this.#implementations = implementations;
    this.findings = findings;
  }

  value(template: Template): Value {
    switch (template.kind) {
      case 'constant': {
        const read = () => template.value;
        return { produce: read, read };
      }
      case 'expression': {
        const expressions = template.template;
        return { produce: (run) => run.evaluate(expressions) };
      }
      case 'settled':
        return { produce: this.#settled(template) };
      default: {
        const read = this.function(template);
        return { produce: (run, params) => read(run.scope(), params), read };
      }
    }
  }

  producer(template: Template): Producer {
    return this.value(template).produce;
  }

  /** What fails is left out; where all of an object does, nothing is left of it. */
  #settled({ parts, path }: SettledTemplate): Producer {
    const settle = (template: Template, at: string): Producer => {
      const produce = this.producer(template);
      return (run, params) => {
        try {
          return produce(run, params);
        } catch (error) {
          run.failed(error, 'a value', at);
          return undefined;
        }
      };
    };
    if ('kind' in parts) return settle(parts, path);
    const members = parts.map(([key, template]) => [key, settle(template, join(path, key))] as const);
    return (run, params) => {
      const made: Record<string, Json> = {};
      for (const [key, produce] of members) {
        const value = produce(run, params);
        if (value !== undefined) put(made, key, value as Json);
      }
      return members.length > 0 && Object.keys(made).length === 0 ? undefined : made;
    };
  }

  optional(template: Template | undefined): Producer | undefined {
    return template === undefined ? undefined : this.producer(template);
  }

  function({ name, path }: FunctionTemplate): ScopeFunction {
    this.hasFunctions = true;
    return this.implementation('functions', name, path);
  }

  /** What was given for a name, or stood in the machine and was named. */
  given(among: keyof Functions, name: string): unknown {
    const known = this.#implementations[among] ?? {};
    const inline = this.findings.functions[among];
    return Object.hasOwn(known, name) ? known[name] : Object.hasOwn(inline, name) ? inline[name] : undefined;
  }

  /** What an implementation that names others comes to; undefined, and a finding, where it names itself. */
  within<T>(what: string, name: string, path: string, bind: () => T): T | undefined {
    const key = `${what} ${name}`;
    if (this.#open.has(key)) {
      const message = `the implementation of the ${what} ${JSON.stringify(name)} leads back to itself`;
      this.findings.add({ code: 'circular', message, path });
      return undefined;
    }
    this.#open.add(key);
    const made = bind();
    this.#open.delete(key);
    return made;
  }

  /** A named function; its lack is a finding. */
  implementation(among: 'guards' | 'functions', name: string, path: string): ScopeFunction {
    const fn = this.given(among, name);
    if (typeof fn === 'function') return fn as ScopeFunction;
    const what = `the ${among.slice(0, -1)} ${JSON.stringify(name)}`;
    if (fn === undefined) {
      const message = `there is no implementation of ${what}`;
      const hint = 'hand it to createMachine or provide, or write an expression: "{% … %}"';
      this.findings.add({ code: MISSING_IMPLEMENTATION, message, path, hint });
    } else {
      const message = `the implementation of ${what} is no function`;
      this.findings.add({ code: 'wrong-implementation', message, path });
    }
    return () => undefined;
  }
}
