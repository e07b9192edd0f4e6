import type { Json, JsonObject } from '../../core/json.js';
import { toJson } from '../../core/json.js';
import type { MachineScope, Surroundings } from '../../expression/expression.js';
import { SCXML_PROCESSOR, SESSION } from '../../statechart/dialect.js';
import { INIT } from '../../statechart/machine-event.js';
import { MAX_SCRIPT_MEMORY_BYTES, MAX_SCRIPT_STACK_BYTES, MAX_SCRIPT_STEPS } from '../limits.js';
import { type JavascriptEngine, type JavascriptRealm, ScriptError } from './engine.js';
import { PRELUDE, PRELUDE_SCRIPT } from './prelude.js';

/** What a machine's scripts begin with, whatever its context. */
export interface Foundation {
  /** The machine's name. */
  readonly name: string;
  /** Variables that are there even while they are undefined. */
  readonly declared: readonly string[];
  /** Scripts that make what cannot be kept, above all functions. */
  readonly established: readonly Established[];
}

export interface Established {
  readonly script: string;
  /** Whether it may stand among others: it declares nothing, and its syntax is sound. */
  readonly isPlain: boolean;
}

const LIMITS = {
  memoryBytes: MAX_SCRIPT_MEMORY_BYTES,
  stackBytes: MAX_SCRIPT_STACK_BYTES,
  steps: MAX_SCRIPT_STEPS,
};

/** A fresh realm with the prelude in it. */
export function openRealm(engine: JavascriptEngine): JavascriptRealm {
  return engine.open(LIMITS, PRELUDE_SCRIPT);
}

/**
 * The realm of the macrostep at hand. There is a new one for each, made of the machine's scripts, its context and nothing
 * else, so that stepping on and stepping from what is stored are the same.
 */
export class Sessions {
  readonly #engine: JavascriptEngine;
  #step: object | undefined;
  #session: Session | undefined;
  #bare: JavascriptRealm | undefined;

  constructor(engine: JavascriptEngine) {
    this.#engine = engine;
  }

  /** Steps are synchronous, so that the realm of one is over when another asks. */
  at(surroundings: Surroundings, input: Json | undefined, foundation: Foundation): Session {
    // One budget goes with everything that one step evaluates.
    const step = surroundings.budget ?? surroundings;
    if (this.#step !== step || this.#session === undefined) {
      this.close();
      this.#session = new Session(openRealm(this.#engine), surroundings, foundation);
      this.#step = step;
    }
    this.#session.meet(surroundings.machine, input);
    return this.#session;
  }

  /** A realm to look at the scripts of a machine in, while it is compiled. */
  bare(machine: object): JavascriptRealm {
    if (this.#step !== machine || this.#bare === undefined) {
      this.close();
      this.#bare = openRealm(this.#engine);
      this.#step = machine;
    }
    return this.#bare;
  }

  close(): void {
    const open = [this.#session, this.#bare];
    this.#session = undefined;
    this.#bare = undefined;
    this.#step = undefined;
    for (const one of open) one?.close();
  }
}

export class Session {
  readonly #realm: JavascriptRealm;
  readonly #foundation: Foundation;
  /** What the realm is told first; undefined once it was. */
  #opening: string | undefined;
  #context: unknown = undefined;
  /** The variables as they were when they were last known to be the context. */
  #saved = '';
  #event: unknown = undefined;
  #active: readonly string[] | undefined = undefined;

  constructor(realm: JavascriptRealm, { now, chance, machine }: Surroundings, foundation: Foundation) {
    this.#realm = realm;
    this.#foundation = foundation;
    const { name } = foundation;
    const session = machine?.instance ?? '';
    const processor = { location: SESSION + session };
    const seed = chance === undefined ? {} : { seed: [0, 0, 0, 0].map(() => chance.uint32()) };
    const constants: JsonObject = {
      _sessionid: session,
      _name: name,
      _ioprocessors: { scxml: processor, [SCXML_PROCESSOR]: processor },
    };
    this.#opening = calling('open', { constants, ...seed, ...(now === undefined ? {} : { now }) });
  }

  evaluate(script: string): string {
    return this.#realm.evaluate(script);
  }

  /** The variables as a context; undefined where nothing in them has changed. What may not be kept is forgotten. */
  save(): JsonObject | undefined {
    try {
      const text = this.#realm.evaluate(`${PRELUDE}.save()`);
      if (text === this.#saved) return undefined;
      const context = JSON.parse(text) as JsonObject;
      [this.#saved, this.#context] = [text, context];
      return context;
    } catch (error) {
      this.#context = undefined;
      throw error;
    }
  }

  /** A script failed: what it did to variables before is forgotten. */
  undo(): void {
    try {
      if (this.#realm.evaluate(`${PRELUDE}.save()`) === this.#saved) return;
    } catch {}
    this.#context = undefined;
  }

  /** Lets the realm know where the machine stands, as far as that has changed: in one script, since each costs a while. */
  meet(machine: MachineScope | undefined, input: Json | undefined): void {
    const context = machine?.context ?? input ?? {};
    const opening = this.#opening;
    const isOther = this.#context !== context;
    const told: string[] = opening === undefined ? [] : [opening];
    this.#opening = undefined;
    if (machine !== undefined && this.#active !== machine.active()) {
      this.#active = machine.active();
      told.push(`${PRELUDE}.active(${literal(this.#active)})`);
    }
    if (isOther) {
      if (opening !== undefined) told.push(`${PRELUDE}.declare(${literal(this.#foundation.declared)})`);
      told.push(calling('load', context));
      if (opening !== undefined && machine !== undefined && machine.event.type !== INIT)
        this.#establish(told, context);
      this.#context = context;
    }
    if (machine !== undefined && this.#event !== machine.event) {
      this.#event = machine.event;
      const event = eventOf(machine.event);
      told.push(`${PRELUDE}.event(${event === undefined ? '' : literal(literal(event))})`);
    }
    if (isOther) told.push(`${PRELUDE}.save()`);
    if (told.length === 0) return;
    const text = this.#realm.evaluate(told.join(';\n'));
    if (isOther) this.#saved = text;
  }

  /** A script that fails here did so when the machine began, and was heard of then. */
  #establish(told: string[], context: unknown): void {
    const { established } = this.#foundation;
    if (established.length === 0) return;
    for (const { script, isPlain } of established) {
      if (isPlain) {
        told.push(`try { ${script} } catch {}`);
        continue;
      }
      // What it declares is declared for the whole realm, and it may be no script at all.
      this.#realm.evaluate(told.splice(0).join(';\n'));
      try {
        this.#realm.evaluate(script);
      } catch (error) {
        if (!(error instanceof ScriptError)) throw error;
      }
    }
    told.push(`${PRELUDE}.establish(true)`, calling('load', context));
  }

  close(): void {
    this.#realm.close();
  }
}

function calling(name: string, given: unknown): string {
  return `${PRELUDE}.${name}(${literal(literal(given))})`;
}

/** A value as JavaScript; of a text, a text that JSON.parse takes. */
export function literal(value: unknown): string {
  return JSON.stringify(value);
}

/** `_event` (SCXML 5.10.1). Before the first event there is none. */
function eventOf(event: MachineScope['event']): JsonObject | undefined {
  if (event.type === INIT) return undefined;
  const { type: name, kind, data, output, error, ...rest } = event;
  const isPlatform = name.startsWith('error.') || name.startsWith('done.state.');
  const given = data ?? output ?? (typeof error === 'object' ? error : undefined);
  const made = toJson({
    name,
    type: kind ?? (isPlatform ? 'platform' : 'internal'),
    ...rest,
    ...(given === undefined || given === null ? {} : { data: given }),
  });
  return 'value' in made ? (made.value as JsonObject) : { name };
}
