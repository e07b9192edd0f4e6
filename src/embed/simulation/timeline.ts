import { childEnd } from '../../core/child-end.js';
import type {
  CancelEffect,
  ChildPlace,
  GatherEffect,
  SpawnEffect,
  TaskEffect,
  TimerEffect,
} from '../../core/effect.js';
import type { ChildEndedEvent, Event, EventBody, StartEvent } from '../../core/event.js';
import { UNKNOWN_MACHINE } from '../../core/event.js';
import { fold, type Standing, UNBORN } from '../../core/fold.js';
import { type EndedChild, Gathering } from '../../core/gathering.js';
import { childName, effectName } from '../../core/identifier.js';
import { hasEnded } from '../../core/instance.js';
import { JOB_ERRORS } from '../../core/job.js';
import type { Happening, HistoryEntry } from '../../core/journal.js';
import type { Json } from '../../core/json.js';
import type { Language, Program, Step } from '../../core/language.js';
import { TASK_DEADLINE_MS } from '../../core/limits.js';
import { Heap, NOWHERE } from '../../store/memory/heap.js';

export interface TimelineOptions<P extends Program> {
  readonly language: Language<P>;
  readonly program: P;
  /** The time at which it begins, in milliseconds since 1970. */
  readonly now: number;
  /** All chance derives from it. */
  readonly seed: string;
  /** Has a task carried out. Its answer is handed in, now or later. */
  readonly perform: (job: Performance) => void;
  /** Told of a task whose answer nobody waits for any longer. */
  readonly forget?: (jobId: string) => void;
  /** How a state is kept between two steps; as it is, if absent. */
  readonly keep?: (state: Json) => Json;
  readonly onStep?: (event: Event, step: Step) => void;
  /** The program of another machine, or how its instance ends at once; there is no other machine, if absent. */
  readonly child?: (effect: SpawnEffect) => { readonly program: P } | ChildEnd | undefined;
}

export type ChildEnd = Pick<ChildEndedEvent, 'status' | 'error' | 'cause'> & { readonly output?: Json };

/** A task to be carried out. */
export interface Performance {
  readonly jobId: string;
  readonly instance: string;
  readonly task: TaskEffect;
  readonly startedAt: number;
}

/** Something that will reach an instance. */
interface Due {
  dueAt: number;
  readonly seq: number;
  readonly to: Line;
  readonly body: EventBody;
  /** The effect that it answers. */
  readonly effect: string | undefined;
  place: number;
}

/** One instance. */
interface Line {
  readonly id: string;
  readonly program: Program;
  /** Who waits for its end, and under which effect, which is the group of a child that has one. */
  readonly parent?: ({ readonly line: Line } & ChildPlace) | undefined;
  readonly beganAt: number;
  endedAt: number | undefined;
  readonly turns: {
    readonly revision: number;
    readonly at: number;
    readonly history: readonly Happening[];
  }[];
  standing: Standing;
  revision: number;
}

/** What waits for the answer to one effect; the first of its messages to arrive is the answer. */
interface Awaited {
  readonly messages: Due[];
  /** What it is found by, by those who have something to say. */
  readonly found?: { readonly subject: string; readonly line: Line; readonly effect: string };
  heartbeat?: { readonly due: Due; readonly everyMs: number };
}

/**
 * Instances in memory, on a clock of their own that jumps to whatever is due next. What they wait for stands in a heap, and
 * is folded one by one; all but tasks is carried out here. Synchronous, and the same each time for the same answers.
 */
export class Timeline<P extends Program> {
  readonly #options: TimelineOptions<P>;
  readonly #lines = new Map<string, Line>();
  readonly #due = new Heap<'place', Due>(
    'place',
    (a, b) => a.dueAt < b.dueAt || (a.dueAt === b.dueAt && a.seq < b.seq),
  );
  readonly #awaited = new Map<string, Awaited>();
  #seq = 0;
  #now: number;

  constructor(options: TimelineOptions<P>) {
    this.#options = options;
    this.#now = options.now;
  }

  get now(): number {
    return this.#now;
  }

  /** When the next message is due; undefined if nothing is on its way. */
  get nextAt(): number | undefined {
    return this.#due.peek()?.dueAt;
  }

  /** Begins an instance, now; of the program that the timeline was made for, unless of another. */
  begin(instance: string, machine: string, input: Json, other?: P): void {
    const program = other ?? this.#options.program;
    this.#begin({ id: instance, program }, { type: 'start', machine, input });
  }

  standing(instance: string): Standing {
    return this.#lines.get(instance)?.standing ?? UNBORN;
  }

  /** What an instance had to tell so far. */
  history(instance: string): HistoryEntry[] {
    const entries: HistoryEntry[] = [];
    for (const { revision, at, history } of this.#lines.get(instance)?.turns ?? [])
      for (const [index, { type, data }] of history.entries())
        entries.push({ instance, revision, index, at, type, data });
    return entries;
  }

  /** Lets something reach an instance, at a time: at once, if that has passed. */
  send(instance: string, body: EventBody, dueAt = this.#now): void {
    const line = this.#lines.get(instance);
    if (line !== undefined) this.#expect(line, body, dueAt);
  }

  /** Hands in the answer to a task, now or at a time to come. One that is not waited for is dropped. */
  answer({ jobId, instance }: Performance, body: EventBody, dueAt = this.#now): void {
    const line = this.#lines.get(instance);
    if (line !== undefined && this.#awaited.has(jobId)) this.#expect(line, body, dueAt, jobId);
  }

  /** Lets all who wait for it be answered, now. */
  correlate(subject: string, output: Json): void {
    for (const [name, { found }] of [...this.#awaited]) {
      if (found?.subject !== subject) continue;
      const { line, effect } = found;
      this.#expect(line, { type: 'task.succeeded', effect, output }, this.#now, name);
    }
  }

  /** A handler is alive. */
  beat(jobId: string): void {
    const heartbeat = this.#awaited.get(jobId)?.heartbeat;
    if (heartbeat === undefined || heartbeat.due.place === NOWHERE) return;
    heartbeat.due.dueAt = this.#now + heartbeat.everyMs;
    this.#due.place(heartbeat.due);
  }

  /** Lets time pass without anything happening. */
  passTo(at: number): void {
    this.#now = Math.max(this.#now, at);
  }

  /** Jumps to what is due next, and folds it; false if there is nothing. */
  advance(): boolean {
    const next = this.#due.peek();
    if (next === undefined) return false;
    this.#due.remove(next);
    this.#now = Math.max(this.#now, next.dueAt);
    if (next.effect !== undefined) this.#forget(next.effect);
    this.#apply(next.to, next.body);
    return true;
  }

  #begin(one: Pick<Line, 'id' | 'program' | 'parent'>, start: StartEvent): void {
    const { id, program, parent } = one;
    const line: Line = {
      id,
      program,
      parent,
      beganAt: this.#now,
      endedAt: undefined,
      turns: [],
      standing: UNBORN,
      revision: 0,
    };
    this.#lines.set(line.id, line);
    this.#apply(line, start);
  }

  #apply(line: Line, first: EventBody): void {
    const { language, seed, onStep, keep } = this.#options;
    let body: EventBody | undefined = first;
    while (body !== undefined) {
      const revision = ++line.revision;
      const event: Event = {
        id: `${line.id}/${revision}`,
        instance: line.id,
        revision,
        at: this.#now,
        seed: `${seed}/${revision}`,
        // Last: an engine takes a hundred times as long to add members to a copy as to copy them onto others.
        ...body,
      };
      const step: Step = fold(language, line.program, line.standing, event);
      line.standing = keep === undefined ? step : { status: step.status, state: keep(step.state) };
      if (step.history.length > 0) line.turns.push({ revision, at: this.#now, history: step.history });
      onStep?.(event, step);
      for (const effect of step.effects) this.#carryOut(line, effect);
      if (hasEnded(step.status)) this.#end(line);
      body = step.unfinished ? { type: 'continue' } : undefined;
    }
  }

  #carryOut(line: Line, effect: Step['effects'][number]): void {
    const name = effectName(line.id, effect.id);
    switch (effect.type) {
      case 'task':
        this.#perform(line, name, effect);
        return;
      case 'timer':
        this.#awaited.set(name, awaitedOf(line, effect));
        this.#expect(line, { type: 'timer.fired', effect: effect.id }, effect.dueAt, name);
        return;
      case 'spawn':
        this.#spawn(line, effect);
        return;
      case 'gather':
        this.#gather(line, name, effect);
        return;
      case 'cancel':
        this.#cancel(line, effect);
        return;
      default:
        throw new Error(`${this.#options.language.name}: a ${effect.type} is not carried out here`);
    }
  }

  #spawn(line: Line, effect: SpawnEffect): void {
    const { machine, input, part, group = effect.id, index = 0 } = effect;
    const id = childName(line.id, group, index);
    const parent = { line, group, index };
    this.#awaited.set(id, { messages: [] });
    if (part !== undefined) {
      this.#begin({ id, program: line.program, parent }, { type: 'start', machine, input, part });
      return;
    }
    const child = this.#options.child?.(effect) ?? unknownMachine(effect);
    if ('status' in child) this.#tellEnd(line, parent, child);
    else this.#begin({ id, ...child, parent }, { type: 'start', machine, input });
  }

  #tellEnd(line: Line, { group, index }: ChildPlace, end: ChildEnd): void {
    const child = childName(line.id, group, index);
    const body = { type: 'child.ended', effect: group, child, output: null } as const;
    this.#expect(line, { ...body, ...end }, this.#now, child);
  }

  #gather(line: Line, name: string, effect: GatherEffect): void {
    const gathering = new Gathering(effect);
    effect.children.every(({ group, index }) =>
      gathering.add(this.#ended(childName(line.id, group, index), index)),
    );
    this.#awaited.set(name, { messages: [] });
    this.#expect(line, gathering.event(), this.#now, name);
  }

  #ended(child: string, index: number): EndedChild {
    const line = this.#lines.get(child);
    if (line === undefined) throw new Error(`there is no ${child}`);
    const { status, state } = line.standing;
    const { beganAt: startedAt, endedAt = startedAt } = line;
    return { index, status, view: this.#options.language.view(state), startedAt, endedAt };
  }

  /** A child is stopped, its end is still told. */
  #cancel(line: Line, { target, kind, indexes = [0] }: CancelEffect): void {
    if (kind === 'child') {
      for (const index of indexes) this.send(childName(line.id, target, index), { type: 'stop' });
    } else this.#forget(effectName(line.id, target));
  }

  #perform(line: Line, jobId: string, task: TaskEffect): void {
    const startedAt = this.#now;
    const awaited: Awaited = { messages: [] };
    this.#awaited.set(jobId, awaited);
    const late = (error: string, afterMs: number) => {
      const body = { type: 'task.failed', effect: task.id, error, cause: '', startedAt } as const;
      this.#expect(line, body, startedAt + afterMs, jobId);
    };
    // First, so that an answer at the last moment is in time.
    this.#options.perform({ jobId, instance: line.id, task, startedAt });
    late(JOB_ERRORS.timeout, task.timeoutMs ?? TASK_DEADLINE_MS);
    if (task.heartbeatMs !== undefined) {
      late(JOB_ERRORS.heartbeat, task.heartbeatMs);
      const due = awaited.messages.at(-1);
      if (due !== undefined) awaited.heartbeat = { due, everyMs: task.heartbeatMs };
    }
  }

  #expect(to: Line, body: EventBody, dueAt: number, effect?: string): void {
    const due: Due = { dueAt, seq: this.#seq++, to, body, effect, place: NOWHERE };
    if (effect !== undefined) this.#awaited.get(effect)?.messages.push(due);
    this.#due.place(due);
  }

  #forget(effect: string): void {
    for (const message of this.#awaited.get(effect)?.messages ?? []) this.#due.remove(message);
    if (this.#awaited.delete(effect)) this.#options.forget?.(effect);
  }

  /** Nothing reaches what has ended. */
  #end(line: Line): void {
    const { parent, standing } = line;
    line.endedAt = this.#now;
    if (parent !== undefined) {
      const view = this.#options.language.view(standing.state);
      this.#tellEnd(parent.line, parent, childEnd(standing.status, view));
    }
    if (this.#due.size === 0) return;
    for (const due of [...this.#due.items()]) {
      if (due.to !== line) continue;
      if (due.effect === undefined) this.#due.remove(due);
      else this.#forget(due.effect);
    }
  }
}

function awaitedOf(line: Line, { id, subject }: TimerEffect): Awaited {
  const messages: Due[] = [];
  return subject === undefined ? { messages } : { messages, found: { subject, line, effect: id } };
}

function unknownMachine({ machine }: SpawnEffect): ChildEnd {
  return { status: 'failed', error: UNKNOWN_MACHINE, cause: `there is no machine "${machine}" here` };
}
