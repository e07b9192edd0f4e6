import type { Definition } from '../core/definition.js';
import type { Effect } from '../core/effect.js';
import type { Event, MigrateEvent } from '../core/event.js';
import { refold, type Standing } from '../core/fold.js';
import { eventOf, type JournalEntry, type Outcome } from '../core/journal.js';
import { type Json, type JsonObject, jsonEqual } from '../core/json.js';
import type { Language, Program, Step, View } from '../core/language.js';
import { thrown } from '../core/thrown.js';

/** A definition that can be folded with. */
export interface Foldable {
  readonly definition: Definition;
  readonly language: Language;
  readonly program: Program;
}

/** The definition that is tried out; it need not be published. */
export type Changed = Pick<Foldable, 'language' | 'program'>;

/** The recorded definitions that can be folded with here, by their hash. */
export type Versions = ReadonlyMap<string, Foldable>;

/** Where an instance would first have gone otherwise. */
export interface Divergence {
  readonly revision: number;
  /** The event's name, or its type where it is no signal. */
  readonly event: string;
  /** Where it stood then, as its view has it: the same for both. */
  readonly before: Json;
  /** What differs, what matters most first; never empty. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  readonly what: Aspect;
  readonly recorded: Json;
  readonly replayed: Json;
}

/** `step`: the changed definition cannot take the event at all, since its step throws. */
export type Aspect = 'step' | 'outcome' | 'status' | 'value' | 'effects' | 'context' | 'output' | 'history';

/**
 * Folds the journal of an instance with a changed definition, beside the one that it was recorded with, until they part.
 * What the journal says of an event (outcome, history) is held against what the changed definition makes of it; what
 * the journal does not say (state, effects) against a fold with the recorded definition, where there is one. An answer
 * that the changed definition does not wait for is ignored by it, and so shows itself as another outcome.
 */
export class Replay {
  #recorded: Foldable | undefined;
  readonly #changed: Changed;
  readonly #versions: Versions;
  #before: Standing;
  #after: Standing;
  /** Whether the recorded definition gave what was recorded, as far as it was folded. */
  isFaithful = true;

  /** `base` is where both begin: unborn, or a snapshot where what came before was swept. */
  constructor(recorded: string, changed: Changed, base: Standing, versions: Versions) {
    this.#recorded = versions.get(recorded);
    this.#changed = changed;
    this.#versions = versions;
    this.#before = base;
    this.#after = base;
  }

  /** Takes the next entry; what it answers is the end of it. */
  take(entry: JournalEntry): Divergence | undefined {
    const { language, program } = this.#changed;
    const event = eventOf(entry);
    if (event.type === 'migrate') {
      this.#migrate(entry, event);
      return undefined;
    }
    const recorded = this.#refolded(entry);
    let replayed: Step;
    try {
      replayed = refold(language, program, this.#after, entry);
    } catch (error) {
      return this.#divergence(event, [{ what: 'step', recorded: 'taken', replayed: thrown(error).message }]);
    }
    const differences = [
      ...journalDifferences(entry, replayed),
      ...(recorded === undefined ? [] : this.#differences(recorded, replayed)),
    ].sort((a, b) => ASPECTS.indexOf(a.what) - ASPECTS.indexOf(b.what));
    if (differences.length > 0) return this.#divergence(event, differences);
    this.#before = standingAfter(recorded ?? replayed);
    this.#after = standingAfter(replayed);
    return undefined;
  }

  /**
   * What the recorded definition makes of it again; nothing where that is not what was recorded, since the functions here
   * are not those of then.
   */
  #refolded(entry: JournalEntry): Step | undefined {
    if (this.#recorded === undefined) return undefined;
    const { language, program } = this.#recorded;
    try {
      const step = refold(language, program, this.#before, entry);
      if (journalDifferences(entry, step).length === 0) return step;
    } catch {
      // Such a step was never committed, so it is not this one.
    }
    this.#recorded = undefined;
    this.isFaithful = false;
    return undefined;
  }

  /** What was recorded went on with another version here; the changed definition is the same all the way. */
  #migrate(entry: JournalEntry, { from, to }: MigrateEvent): void {
    const before = this.#versions.get(from.definition);
    this.#recorded = this.#versions.get(to.definition);
    if (before === undefined || this.#recorded === undefined) this.#recorded = undefined;
    else {
      const { language, program } = this.#recorded;
      this.#before = standingAfter(refold(language, program, this.#before, entry, before.definition));
    }
  }

  #differences(recorded: Step, replayed: Step): Difference[] {
    const views = [viewOf(this.#recorded, recorded), viewOf(this.#changed, replayed)] as const;
    return [
      ...difference('status', recorded.status, replayed.status),
      ...difference('value', views[0].value, views[1].value),
      ...difference('effects', asked(recorded), asked(replayed)),
      ...difference('context', views[0].context, views[1].context),
      ...difference('output', views[0].output, views[1].output),
    ];
  }

  #divergence(event: Event, differences: readonly Difference[]): Divergence {
    const before = viewOf(this.#recorded ?? this.#changed, this.#before).value;
    return { revision: event.revision, event: nameOf(event), before, differences };
  }
}

const ASPECTS: readonly Aspect[] = [
  'step',
  'outcome',
  'status',
  'value',
  'effects',
  'context',
  'output',
  'history',
];

function journalDifferences({ outcome, history }: JournalEntry, replayed: Step): Difference[] {
  const told = JSON.stringify(replayed.history);
  return [
    ...difference('outcome', outcomeWords(outcome), outcomeWords(replayed.outcome)),
    ...(told === history ? [] : difference('history', JSON.parse(history) as Json, JSON.parse(told) as Json)),
  ];
}

function difference(what: Aspect, recorded: Json, replayed: Json): Difference[] {
  return jsonEqual(recorded, replayed) ? [] : [{ what, recorded, replayed }];
}

/** The words of a refusal, or a reason to ignore, may change with what is around them. */
function outcomeWords(outcome: Outcome): string {
  return outcome.kind === 'rejected' ? `rejected: ${outcome.problem.code}` : outcome.kind;
}

/** What the step wants to be done, the rest of itself included. */
function asked({ effects, unfinished }: Step): readonly Json[] {
  const list = effects.map((effect: Effect) => effect as unknown as JsonObject);
  return unfinished === true ? [...list, { type: 'continue' }] : list;
}

function standingAfter({ status, state }: Step): Standing {
  return { status, state };
}

function viewOf(side: Changed | undefined, { state }: Standing): View {
  if (state === null || side === undefined) return { value: null, context: null, output: null };
  return side.language.view(state);
}

function nameOf(event: Event): string {
  return event.type === 'signal' ? event.name : event.type;
}
