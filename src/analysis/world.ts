import type { Effect, SendEffect } from '../core/effect.js';
import type { EventBody } from '../core/event.js';
import { fold, type Standing, UNBORN } from '../core/fold.js';
import { childName } from '../core/identifier.js';
import { hasEnded } from '../core/instance.js';
import { canonicalText, type Json } from '../core/json.js';
import type { Step } from '../core/language.js';
import type { Samples, TaskResult } from './samples.js';
import type { Asking, Subject } from './subject.js';

/** Events on their way to the machine itself that a position holds, at most: more are not explored. */
export const MAX_MAIL = 16;

const INSTANCE = 'explored';

/** Where an explored instance stands, with all that may still come of it. */
export interface Position {
  readonly standing: Standing;
  readonly asked: readonly Asked[];
  /** What it has sent to itself, in order. */
  readonly mail: readonly SendEffect[];
  readonly unfinished: boolean;
  /** One text for one position, however it was come to. */
  readonly key: string;
}

export interface Asked {
  readonly effect: Asking;
  readonly name: string;
}

/** Something that may happen next. */
export interface Choice {
  readonly kind: 'start' | 'event' | 'own' | 'timer' | 'done' | 'error' | 'continue';
  /** Of the event, the delay or the task. */
  readonly name: string;
  readonly data?: Json;
  /** What people call it; another choice of the same position is called otherwise. */
  readonly words: string;
  readonly body: EventBody;
}

/** A choice, and what came of it. */
export interface Advance {
  readonly choice: Choice;
  readonly step: Step;
  readonly to: Position;
}

/**
 * Every way in which a machine may go on: its events in any order, delays over at any time, tasks done or failed. Time
 * stands still, and chance is always the same, so that positions come back.
 */
export class World {
  readonly subject: Subject;
  readonly #samples: Samples;
  readonly #isPrompt: boolean;

  /** `isPrompt` where what a machine sends to itself always arrives before anything else does. */
  constructor(subject: Subject, samples: Samples = {}, isPrompt = false) {
    this.subject = subject;
    this.#samples = samples;
    this.#isPrompt = isPrompt;
  }

  get unborn(): Position {
    return { standing: UNBORN, asked: [], mail: [], unfinished: false, key: '' };
  }

  /** Never empty before the start; empty where the machine has ended, or nothing can come. */
  choices(position: Position): readonly Choice[] {
    const { standing, asked, mail, unfinished } = position;
    if (standing.state === null) return hasEnded(standing.status) ? [] : this.#starts();
    if (hasEnded(standing.status)) return [];
    if (unfinished) return [choice('continue', '', { type: 'continue' })];
    const [first] = mail;
    const own: Choice[] = [];
    if (first !== undefined) own.push(choice('own', first.name, sent(first), first.data));
    if (this.#isPrompt && own.length > 0) return own;
    const answers = asked.flatMap((one) => this.#answers(one, standing.state));
    return [...own, ...this.#events(standing.state), ...answers];
  }

  /** The same choice at another position, where it is one; effects have other ids there. */
  again(
    position: Position,
    { kind, name, data }: Pick<Choice, 'kind' | 'name' | 'data'>,
  ): Choice | undefined {
    const { standing, asked, mail, unfinished } = position;
    if (hasEnded(standing.status)) return undefined;
    if (kind === 'start') {
      if (standing.state !== null) return undefined;
      return choice('start', '', { type: 'start', machine: INSTANCE, input: data ?? null }, data);
    }
    if (standing.state === null || unfinished !== (kind === 'continue')) return undefined;
    if (kind === 'continue') return choice(kind, '', { type: 'continue' });
    if (kind === 'event') return choice(kind, name, signal(name, data), data);
    if (kind === 'own') {
      const [first] = mail;
      return first?.name === name ? choice(kind, name, sent(first), first.data) : undefined;
    }
    const found = asked.find(
      (one) => one.name === name && (one.effect.type === 'timer') === (kind === 'timer'),
    );
    if (found === undefined) return undefined;
    const { effect } = found;
    if (effect.type === 'timer') return choice(kind, name, { type: 'timer.fired', effect: effect.id });
    const result = kind === 'done' ? { output: data ?? null } : { error: String(data), cause: '' };
    return answered(effect, name, result);
  }

  take(position: Position, chosen: Choice): Advance {
    const { subject } = this;
    const { language, program } = subject;
    const stamp = {
      id: 'event',
      instance: INSTANCE,
      revision: freeRevision(position.asked),
      at: 0,
      seed: '',
    };
    const step = fold(language, program, position.standing, { ...chosen.body, ...stamp });
    const standing: Standing = { status: step.status, state: step.state };
    const isAnswer = 'effect' in chosen.body ? chosen.body.effect : undefined;
    const asked = position.asked.filter(({ effect }) => effect.id !== isAnswer);
    const mail = chosen.kind === 'own' ? position.mail.slice(1) : [...position.mail];
    const left = this.#carry(step, asked, mail);
    const unfinished = step.unfinished === true;
    const essence = step.state === null ? null : subject.essence(step.state);
    const waiting = left.mail.map(({ name, data = null }) => [name, data]);
    const key = canonicalText([step.status, essence, waiting, unfinished]);
    return { choice: chosen, step, to: { standing, ...left, unfinished, key } };
  }

  /** What effects ask for and send, and what is no longer asked for. */
  #carry(step: Step, asked: readonly Asked[], mail: readonly SendEffect[]): Pick<Position, 'asked' | 'mail'> {
    const { effects } = step;
    if (hasEnded(step.status)) return { asked: [], mail: [] };
    const cancelled = new Set(effects.flatMap((effect) => (effect.type === 'cancel' ? effect.target : [])));
    const kept = asked.filter(({ effect }) => !cancelled.has(effect.id));
    for (const effect of effects.filter(isAsking)) {
      kept.push({ effect, name: freeName(this.subject.nameOf(effect, step), kept) });
    }
    const sent = effects.filter((effect) => effect.type === 'send' && effect.to === INSTANCE) as SendEffect[];
    return {
      asked: kept,
      mail: [...mail, ...sent].slice(0, MAX_MAIL),
    };
  }

  #starts(): readonly Choice[] {
    const inputs = this.#samples.inputs ?? this.subject.inputs;
    return (inputs.length === 0 ? [null] : inputs).map((input) =>
      choice('start', '', { type: 'start', machine: INSTANCE, input }, input ?? undefined),
    );
  }

  #events(state: Json): readonly Choice[] {
    const { language, program } = this.subject;
    const { events = {} } = this.#samples;
    const accepted = language.accepts(program, state);
    const names = new Set(accepted.map(exampleOf));
    for (const name of Object.keys(events)) {
      if (accepted.some((descriptor) => takes(descriptor, name))) names.add(name);
    }
    return [...names].flatMap((name) => {
      const given = Object.hasOwn(events, name) ? events[name] : undefined;
      const payloads = given ?? this.subject.payloads(name);
      if (payloads.length === 0) return [choice('event', name, signal(name, undefined))];
      return payloads.map((data) => {
        const some = data === null ? undefined : data;
        return choice('event', name, signal(name, some), some);
      });
    });
  }

  #answers({ effect, name }: Asked, state: Json): readonly Choice[] {
    if (effect.type === 'timer') {
      return [choice('timer', name, { type: 'timer.fired', effect: effect.id })];
    }
    const { tasks = {} } = this.#samples;
    const by = [name, effect.type === 'task' ? effect.name : effect.machine];
    const given = by.map((key) => (Object.hasOwn(tasks, key) ? tasks[key] : undefined)).find(Boolean);
    const results = given ?? this.subject.results(effect, name, state);
    return results.map((result) => answered(effect, name, result));
  }
}

/** Two that are called the same are told apart. */
function freeName(name: string, asked: readonly Asked[]): string {
  const isTaken = (text: string) => asked.some((other) => other.name === text);
  let free = name;
  for (let n = 2; isTaken(free); n++) free = `${name} #${n}`;
  return free;
}

function isAsking(effect: Effect): effect is Asking {
  return effect.type === 'timer' || effect.type === 'spawn' || (effect.type === 'task' && effect.ask);
}

function answered(
  effect: Exclude<Asking, { readonly type: 'timer' }>,
  name: string,
  result: TaskResult,
): Choice {
  const isDone = 'output' in result;
  const kind = isDone ? 'done' : 'error';
  const shown = isDone ? (result.output ?? undefined) : result.error;
  const { id } = effect;
  if (effect.type === 'task') {
    const body: EventBody = isDone
      ? { type: 'task.succeeded', effect: id, output: result.output }
      : { type: 'task.failed', effect: id, error: result.error, cause: result.cause ?? '' };
    return choice(kind, name, body, shown);
  }
  const ended = { type: 'child.ended', effect: id, child: childName(INSTANCE, id, 0) } as const;
  const body: EventBody = isDone
    ? { ...ended, status: 'succeeded', output: result.output }
    : { ...ended, status: 'failed', output: null, error: result.error, cause: result.cause ?? '' };
  return choice(kind, name, body, shown);
}

function choice(kind: Choice['kind'], name: string, body: EventBody, data?: Json): Choice {
  const said = kind === 'event' || kind === 'own' || kind === 'timer' ? name : `${kind} ${name}`.trim();
  const words = data === undefined ? said : `${said} ${JSON.stringify(data)}`;
  return { kind, name, words, body, ...(data === undefined ? {} : { data }) };
}

function signal(name: string, data: Json | undefined): EventBody {
  return data === undefined ? { type: 'signal', name } : { type: 'signal', name, data };
}

/** What the machine sent itself. */
function sent({ name, data, sendId }: SendEffect): EventBody {
  return { ...signal(name, data), ...(sendId === undefined ? {} : { sendId }) } as EventBody;
}

/** Effects are named by their revision: one that nothing asked for under comes back sooner than the next. */
function freeRevision(asked: readonly Asked[]): number {
  const used = new Set(asked.map(({ effect }) => effect.id.slice(0, effect.id.indexOf('.'))));
  let revision = 1;
  while (used.has(String(revision))) revision++;
  return revision;
}

/** A name that a wildcard stands for. */
function exampleOf(descriptor: string): string {
  if (descriptor === '*') return 'any';
  return descriptor.endsWith('.*') ? `${descriptor.slice(0, -1)}any` : descriptor;
}

/** Whether a name, or a wildcard, stands for an event. */
export function takes(descriptor: string, name: string): boolean {
  if (descriptor === '*' || descriptor === name) return true;
  return descriptor.endsWith('.*') && `${name}.`.startsWith(descriptor.slice(0, -1));
}
