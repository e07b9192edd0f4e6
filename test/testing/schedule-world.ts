import type { Publication } from '../../src/core/engine.js';
import { hasEnded } from '../../src/core/instance.js';
import { eventOf, type HistoryEntry, historyOf, type JournalEntry } from '../../src/core/journal.js';
import { isJsonObject, type Json, type JsonObject } from '../../src/core/json.js';
import { SCHEDULE_LANGUAGE, SCHEDULE_MACHINE, scheduleId } from '../../src/core/schedule-id.js';
import { identify } from '../../src/runtime/hash.js';
import { schedule } from '../../src/schedule/language.js';
import { statechart } from '../../src/statechart/language.js';
import type { Store } from '../../src/store/store.js';
import { probe } from '../../src/testing/probe-language.js';
import { FaultPlan } from '../../src/testing/simulation/fault.js';
import { World } from '../../src/testing/simulation/world.js';
import { replacedStore } from '../../src/testing/simulation/wrapped-store.js';
import { Crew } from './crew.js';
import { comesToRest } from './rest.js';

export interface ScheduleReport {
  /** What was promised and not kept; empty if all is well. */
  readonly violations: readonly string[];
  readonly fired: number;
  readonly missed: number;
  readonly skipped: number;
  readonly faults: number;
  /** Equal for two runs of one seed. */
  readonly trace: number;
}

/** Where planned faults strike: what processes of schedules ask for often. */
const FAULTY: readonly (keyof Store)[] = ['send', 'claim', 'commit', 'nextDue'];
const PROCESSES = 2;
const LIMIT_MS = 600_000;
/** What the client tells schedules, at least and at most: it goes on until every planned fault has happened. */
const COMMANDS = 6;
const MOST_COMMANDS = 400;
const EVERY_MS = 1_000;
/** Times of those schedules that lose none. */
const TIMES = 4;

const nap = (ms: number): Json => ({
  initial: 'on',
  states: { on: { after: { [ms]: 'done' } }, done: { type: 'final' } },
});

const MACHINES: readonly Publication[] = [
  { machine: SCHEDULE_MACHINE, language: SCHEDULE_LANGUAGE, source: {} },
  { machine: 'probe', language: 'probe', source: {} },
  { machine: 'brief', language: 'statechart', source: nap(300) },
  { machine: 'long', language: 'statechart', source: nap(1_700) },
];

const INBOX = 'inbox';
const every = { every: EVERY_MS } as const;
const complete = { ...every, catchUp: 'all', limit: TIMES } as const;

/** Those that lose no time, and end by themselves. */
const COMPLETE: Readonly<Record<string, JsonObject>> = {
  sends: { ...complete, send: { to: INBOX, type: 'tick' } },
  starts: { ...complete, overlap: 'allow', start: { machine: 'long' } },
};

/** Those that are paused and resumed, and whose runs may never be two at once. */
const SINGLE: Readonly<Record<string, JsonObject>> = {
  skips: { ...every, overlap: 'skip', start: { machine: 'long' } },
  queues: { ...every, overlap: 'queue', jitter: 400, start: { machine: 'brief' } },
  replaces: { ...every, overlap: 'replace', catchUp: 'none', start: { machine: 'long' } },
};

/** Several processes and a client on one store, in virtual time, with schedules and faults planned by the seed. */
export async function simulateSchedules(
  seed: number,
  openStore: (clock: () => number, random: () => string) => Store,
): Promise<ScheduleReport> {
  const world = new World(seed, 1);
  const store = openStore(
    () => world.now,
    () => world.chance.uint32().toString(36),
  );
  for (const machine of MACHINES) await store.publish(identify(machine));
  const faults = new FaultPlan(world.chance, FAULTY);
  const witness = new Witness(store, world);
  const crew = new Crew(world, witness.store, faults, { languages: [schedule, statechart, probe] });
  for (let i = 0; i < PROCESSES; i++) await crew.hire();
  const client = new Client(world, crew, () => faults.outstanding.length > 0);
  const rested = await comesToRest(world, client.work(), () => isAtRest(store), LIMIT_MS);
  crew.dismiss();
  const inquiry = new Inquiry(store, witness);
  const complaints = rested ? await inquiry.complaints() : ['the simulation did not come to rest'];
  const outstanding = faults.outstanding.map((fault) => `the planned fault never happened: ${fault}`);
  await store.close();
  return {
    violations: [...complaints, ...outstanding],
    ...inquiry.counts,
    faults: faults.happened.length,
    trace: world.trace,
  };
}

/** Notes when, by the world's clock, each revision was committed: what a store says of time is not believed. */
class Witness {
  readonly store: Store;
  readonly #seen = new Map<string, number>();

  constructor(store: Store, world: World) {
    const commit: Store['commit'] = async (commits, take) => {
      const committed = await store.commit(commits, take);
      for (const [i, { lease, folded, answers }] of commits.entries()) {
        if (committed.results[i] !== 'committed') continue;
        for (const { revision } of [...folded, ...answers])
          this.#seen.set(`${lease.instance} ${revision}`, world.now);
      }
      return committed;
    };
    this.store = replacedStore(store, { commit });
  }

  committedAt(instance: string, revision: number): number | undefined {
    return this.#seen.get(`${instance} ${revision}`);
  }
}

/** Creates the schedules, tells them things, and ends them; repeats whatever was not answered. */
class Client {
  readonly #world: World;
  readonly #crew: Crew;
  readonly #more: () => boolean;
  #sent = 0;

  constructor(world: World, crew: Crew, more: () => boolean) {
    this.#world = world;
    this.#crew = crew;
    this.#more = more;
  }

  async work(): Promise<void> {
    const { chance } = this.#world;
    await this.#crew.insist(({ engine }) => engine.create('probe', { id: INBOX }));
    for (const [name, specification] of Object.entries({ ...COMPLETE, ...SINGLE })) {
      await this.#crew.insist(({ engine }) => engine.schedule(name, specification));
    }
    const single = Object.keys(SINGLE);
    const all = [...single, ...Object.keys(COMPLETE)];
    for (let n = 0; n < COMMANDS || (this.#more() && n < MOST_COMMANDS); n++) {
      await this.#world.sleep(this.#world.moment(1_500));
      const type = ['pause', 'resume', 'resume', 'trigger', 'skip'][chance.below(5)] ?? 'resume';
      // What asks for a time to be left out, or holds the schedule, is not for those that must lose none.
      const names = type === 'trigger' ? all : single;
      await this.#tell(names[chance.below(names.length)] ?? 'skips', type);
    }
    for (const name of single) {
      await this.#tell(name, 'pause');
      await this.#crew.insist(({ engine }) => engine.stop(scheduleId(name)));
    }
  }

  async #tell(name: string, type: string): Promise<void> {
    const event = { type, id: `c${this.#sent++}` };
    await this.#crew.insist(({ engine }) => engine.send(scheduleId(name), event));
  }
}

/** Whether all has ended but the inbox, and nothing is on its way. */
async function isAtRest(store: Store): Promise<boolean> {
  const { items } = await store.find({ limit: 1_000 });
  for (const { instance, parked } of items) {
    if (parked !== undefined) continue;
    if (instance.id !== INBOX && !hasEnded(instance.status)) return false;
    if ((await store.messages(instance.id)).length > 0) return false;
  }
  return true;
}

interface Lifetime {
  readonly from: number;
  readonly to: number;
}

/** What was promised and not kept, in sentences. */
class Inquiry {
  readonly counts = { fired: 0, missed: 0, skipped: 0 };
  readonly #store: Store;
  readonly #witness: Witness;
  readonly #faults: string[] = [];

  constructor(store: Store, witness: Witness) {
    this.#store = store;
    this.#witness = witness;
  }

  async complaints(): Promise<readonly string[]> {
    for (const name of Object.keys({ ...COMPLETE, ...SINGLE })) {
      const id = scheduleId(name);
      const journal = await this.#journal(id);
      if (journal.length === 0) this.#faults.push(`${name} does not exist`);
      const history = historyOf(journal);
      this.#checkFirings(name, history);
      if (name in SINGLE) this.#checkEachTime(name, history);
      else this.#checkComplete(name, journal, history);
      const runs = await this.#runs(name, history);
      if (name in SINGLE) this.#checkAlone(name, runs);
    }
    return this.#faults;
  }

  /** Each time at most once, none early. */
  #checkFirings(name: string, history: readonly HistoryEntry[]): void {
    const times = new Set<number>();
    for (const { type, data, instance, revision, at } of history) {
      if (type === 'ScheduleSkipped') this.counts.skipped += 1;
      if (type === 'ScheduleMissed') this.counts.missed += Number(data['count']);
      if (type !== 'ScheduleFired') continue;
      this.counts.fired += 1;
      const time = timeOf(data);
      const committed = this.#witness.committedAt(instance, revision);
      if (at < time || committed === undefined || committed < time) this.#complain(name, 'fired early');
      if (data['triggered'] === true) continue;
      if (time % EVERY_MS !== 0) this.#complain(name, 'fired at a time that it does not have');
      if (times.has(time)) this.#complain(name, 'fired twice for one time');
      times.add(time);
    }
  }

  /** Each time from the first to the last of the limit fired, in order. */
  #checkComplete(name: string, journal: readonly JournalEntry[], history: readonly HistoryEntry[]): void {
    const first = Math.ceil((journal[0]?.at ?? 0) / EVERY_MS) * EVERY_MS;
    const due = Array.from({ length: TIMES }, (_, i) => first + i * EVERY_MS);
    const fired = history.filter(({ type, data }) => type === 'ScheduleFired' && data['triggered'] === false);
    const times = fired.map(({ data }) => timeOf(data));
    if (JSON.stringify(times) !== JSON.stringify(due)) this.#complain(name, 'lost a time that it had');
  }

  /** Each time that came while it was not paused fired, was skipped or was missed: one of them, once. */
  #checkEachTime(name: string, history: readonly HistoryEntry[]): void {
    const fates = new Map<number, number>();
    const count = (time: number) => fates.set(time, (fates.get(time) ?? 0) + 1);
    const spans: { from: number; to: number }[] = [];
    let waiting: number | undefined;
    for (const { type, data, at } of history) {
      const own = data['triggered'] === false;
      if (type === 'ScheduleQueued') waiting = own ? timeOf(data) : undefined;
      if (type === 'ScheduleFired' || type === 'ScheduleSkipped') {
        if (own) count(timeOf(data));
        if (own && timeOf(data) === waiting) waiting = undefined;
      }
      if (type === 'ScheduleMissed') {
        const before = Date.parse(String(data['before']));
        const from = Date.parse(String(data['from']));
        for (let time = from; time < before; time += EVERY_MS) count(time);
      }
      if (type === 'ScheduleCreated' || type === 'ScheduleResumed') spans.push({ from: at, to: at });
      const span = spans.at(-1);
      if (type === 'SchedulePaused' && span !== undefined) span.to = at;
    }
    // The stop came before its run had ended.
    if (waiting !== undefined) count(waiting);
    for (const [time, fate] of fates) {
      if (fate !== 1) this.#complain(name, `${new Date(time).toISOString()} had ${fate} fates`);
    }
    for (const { from, to } of spans) {
      for (let time = Math.ceil(from / EVERY_MS) * EVERY_MS; time < to; time += EVERY_MS) {
        if (!fates.has(time)) this.#complain(name, `${new Date(time).toISOString()} was forgotten`);
      }
    }
  }

  /** What was fired is there, once each, and nothing else is: runs, or what the inbox got. */
  async #runs(name: string, history: readonly HistoryEntry[]): Promise<readonly Lifetime[]> {
    const fired = history.filter(({ type }) => type === 'ScheduleFired').map(({ data }) => data);
    if (fired.some((data) => 'to' in data)) {
      const got = (await this.#journal(INBOX)).map(eventOf).flatMap((event) => {
        return event.type === 'signal' && isJsonObject(event.data ?? null) ? [event.data as JsonObject] : [];
      });
      const texts = (all: readonly JsonObject[]) => JSON.stringify(all.map(timeOf).sort());
      if (texts(got) !== texts(fired)) this.#complain(name, 'sent what was not got, once each');
      return [];
    }
    const ids = fired.map((data) => String(data['run']));
    const { items } = await this.#store.find({ limit: 1_000 });
    const children = items
      .map(({ instance }) => instance.id)
      .filter((id) => id.startsWith(`${scheduleId(name)}/`));
    if (JSON.stringify(children.sort()) !== JSON.stringify([...ids].sort())) {
      this.#complain(name, 'started runs that are not there, or others');
    }
    return Promise.all(ids.map(async (id) => this.#lifetime(id)));
  }

  async #lifetime(run: string): Promise<Lifetime> {
    const journal = await this.#journal(run);
    return { from: journal[0]?.at ?? 0, to: journal.at(-1)?.at ?? 0 };
  }

  #checkAlone(name: string, runs: readonly Lifetime[]): void {
    const sorted = [...runs].sort((a, b) => a.from - b.from);
    for (const [i, { to }] of sorted.entries()) {
      const next = sorted[i + 1];
      if (next !== undefined && next.from < to) this.#complain(name, 'had two runs at once');
    }
  }

  async #journal(instance: string): Promise<readonly JournalEntry[]> {
    return (await this.#store.journal(instance, { limit: 1_000 })).items;
  }

  #complain(name: string, what: string): void {
    this.#faults.push(`${name}: ${what}`);
  }
}

function timeOf(data: JsonObject): number {
  return Date.parse(String(data['scheduledAt']));
}
