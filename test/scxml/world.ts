import type { EventBody } from '../../src/core/event.js';
import { fold, type Standing, UNBORN } from '../../src/core/fold.js';
import { childName, effectOfChild, parentOf } from '../../src/core/identifier.js';
import { hasEnded } from '../../src/core/instance.js';
import type { Json } from '../../src/core/json.js';
import type { Language } from '../../src/core/language.js';
import { QuickJs } from '../../src/embed/quickjs.js';
import { ecmascript } from '../../src/scxml/ecmascript/datamodel.js';
import { readScxml } from '../../src/scxml/scxml.js';
import type { StatechartProgram } from '../../src/statechart/compile.js';
import { statechartWith } from '../../src/statechart/language.js';

const datamodels = ecmascript(await QuickJs.create());

/** Statecharts with JavaScript in a sandbox. */
export const scripted: Language<StatechartProgram> = statechartWith(() => datamodels);

interface Session {
  readonly program: StatechartProgram;
  standing: Standing;
  revision: number;
}

interface Message {
  readonly to: string;
  readonly body: EventBody;
  readonly dueAt: number;
}

/** Sessions of SCXML and what they send each other, on a clock that is moved by hand. */
export class World {
  readonly #machines = new Map<string, Json>();
  readonly #sessions = new Map<string, Session>();
  #mailbox: Message[] = [];
  #now = 0;
  /** What each step logged. */
  readonly logged: unknown[] = [];

  /** `files` are those that the document speaks of; the SCXML among them can be invoked. */
  constructor(text: string, files: Readonly<Record<string, string>> = {}) {
    this.#add('main', text, files);
    for (const [file, content] of Object.entries(files)) {
      if (file.endsWith('.scxml')) this.#add(file.replace(/\.scxml$/, ''), content, files);
    }
    this.#begin('main', 'main', null);
    this.#deliver();
  }

  #add(name: string, text: string, files: Readonly<Record<string, string>>): void {
    const read = readScxml(text, { name, read: (address) => files[address.replace(/^file:/, '')] });
    if ('problems' in read) throw new Error(JSON.stringify(read.problems));
    this.#machines.set(name, read.source);
    for (const { machine, source } of read.inner) this.#machines.set(machine, source);
  }

  /** The ids of the atomic states in which the document stands, in order. */
  atoms(): string[] {
    const { program, standing } = this.#session('main');
    const active = scripted.active(program, standing.state);
    const inner = active.filter((path) => !active.some((other) => other.startsWith(`${path}.`)));
    return inner.map((path) => path.replace(/^.*(?<!\\)\./, '').replaceAll('\\', '')).sort();
  }

  state(): Json {
    return this.#session('main').standing.state;
  }

  send(name: string, data?: Json): void {
    this.#post('main', data === undefined ? { type: 'signal', name } : { type: 'signal', name, data });
    this.#deliver();
  }

  /** Lets so much time go by, and what is due happen. */
  wait(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const due = this.#mailbox.map(({ dueAt }) => dueAt).filter((dueAt) => dueAt <= until);
      if (due.length === 0) break;
      this.#now = Math.max(this.#now, Math.min(...due));
      this.#deliver();
    }
    this.#now = until;
  }

  /** Until nothing is waited for any more. */
  settle(): void {
    for (let steps = 0; this.#mailbox.length > 0 && steps < 1_000; steps++) this.wait(1_000);
  }

  #deliver(): void {
    for (;;) {
      const due = this.#mailbox.filter(({ dueAt }) => dueAt <= this.#now);
      const [next] = due.sort((a, b) => a.dueAt - b.dueAt);
      if (next === undefined) return;
      this.#mailbox = this.#mailbox.filter((message) => message !== next);
      this.#step(next.to, next.body);
    }
  }

  #begin(id: string, machine: string, input: Json): void {
    const source = this.#machines.get(machine);
    if (source === undefined) throw new Error(`there is no machine ${machine}`);
    this.#sessions.set(id, { program: scripted.compile(source), standing: UNBORN, revision: 0 });
    this.#post(id, { type: 'start', machine, input });
  }

  #post(to: string, body: EventBody, dueAt = this.#now): void {
    this.#mailbox.push({ to, body, dueAt });
  }

  #session(id: string): Session {
    const session = this.#sessions.get(id);
    if (session === undefined) throw new Error(`there is no session ${id}`);
    return session;
  }

  #step(id: string, body: EventBody): void {
    const session = this.#session(id);
    session.revision += 1;
    const { revision } = session;
    const stamp = { id: `${id}-${revision}`, instance: id, revision, at: this.#now, seed: 's' };
    const before = session.standing;
    const step = fold(scripted, session.program, before, { ...body, ...stamp });
    // What is kept is text: stepping on and stepping from what was stored are the same.
    session.standing = { status: step.status, state: JSON.parse(JSON.stringify(step.state)) as Json };
    for (const { type, data } of step.history) if (type === 'Logged') this.logged.push(data);
    for (const effect of step.effects) {
      if (effect.type === 'timer') this.#post(id, { type: 'timer.fired', effect: effect.id }, effect.dueAt);
      else if (effect.type === 'spawn')
        this.#begin(childName(id, effect.id, 0), effect.machine, effect.input);
      else if (effect.type === 'send' && this.#sessions.has(effect.to)) {
        const data = effect.data === undefined ? {} : { data: effect.data };
        const sendId = effect.sendId === undefined ? {} : { sendId: effect.sendId };
        this.#post(effect.to, { type: 'signal', name: effect.name, ...data, from: id, ...sendId });
      } else if (effect.type === 'cancel') this.#cancel(id, effect.target, effect.kind);
    }
    const parent = parentOf(id);
    if (parent === undefined || !hasEnded(step.status) || hasEnded(before.status)) return;
    const { output } = scripted.view(step.state);
    const effect = effectOfChild(id) ?? '';
    this.#post(parent, { type: 'child.ended', effect, child: id, status: step.status, output });
  }

  #cancel(id: string, target: string, kind: 'task' | 'timer' | 'child'): void {
    if (kind === 'child') this.#post(childName(id, target, 0), { type: 'stop' });
    this.#mailbox = this.#mailbox.filter(
      ({ to, body }) => !(to === id && body.type === 'timer.fired' && body.effect === target),
    );
  }
}
