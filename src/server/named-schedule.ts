import type { Engine, InstanceView, Receipt, SendOptions, SentEvent } from '../core/engine.js';
import { hasEnded } from '../core/instance.js';
import type { Json } from '../core/json.js';
import { Refused } from '../core/problem.js';
import { scheduleId, scheduleName } from '../core/schedule-id.js';

/**
 * A schedule as doors reach it, by its name. Refused with `unknown-schedule` where there is none of the name, and
 * with `ended` where it has ended and is told something.
 */
export class NamedSchedule {
  readonly #engine: Engine;
  readonly #name: string;
  readonly #id: string;

  constructor(engine: Engine, name: string) {
    this.#engine = engine;
    this.#name = name;
    this.#id = scheduleId(name);
  }

  /** As Engine.schedule; `isNew` if it was not there before. */
  async create(specification: Json): Promise<{ readonly view: InstanceView; readonly isNew: boolean }> {
    const before = await this.#find();
    const view = await this.#engine.schedule(this.#name, specification);
    return { view, isNew: before === undefined };
  }

  /** Creates it, or sends it the specification as an update, which is checked before anything is sent. */
  async put(
    specification: Json,
    event: Pick<SentEvent, 'id'>,
    options: SendOptions,
  ): Promise<{ readonly created: InstanceView } | { readonly updated: Receipt }> {
    try {
      // Whether it is there or not: a wrong specification is refused here with everything that is wrong with it.
      const { view, isNew } = await this.create(specification);
      if (isNew) return { created: view };
    } catch (error) {
      if (!(error instanceof Refused && error.code === 'conflict')) throw error;
    }
    return { updated: await this.tell({ ...event, type: 'update', data: specification }, options) };
  }

  async read(): Promise<InstanceView> {
    const view = await this.#find();
    if (view !== undefined) return view;
    const message = `there is no schedule "${this.#name}"`;
    throw new Refused({ code: 'unknown-schedule', message, path: '' });
  }

  async tell(event: SentEvent, options: SendOptions): Promise<Receipt> {
    const { status } = await this.read();
    if (hasEnded(status)) {
      const message = `schedule "${this.#name}" has ended, as ${status}`;
      throw new Refused({ code: 'ended', message, path: '', hint: 'create one of another name' });
    }
    return this.#engine.send(this.#id, event, options);
  }

  async stop(): Promise<Receipt> {
    await this.read();
    return this.#engine.stop(this.#id);
  }

  async history(page: Parameters<Engine['history']>[1]): ReturnType<Engine['history']> {
    await this.read();
    return this.#engine.history(this.#id, page);
  }

  /** A name with a slash would be that of a run. */
  async #find(): Promise<InstanceView | undefined> {
    return scheduleName(this.#id) === undefined ? undefined : this.#engine.read(this.#id);
  }
}
