import type { Definition, Version } from '../../core/definition.js';
import { given } from '../../core/given.js';
import type { Instance, Status } from '../../core/instance.js';
import { APPLIED, type JournalEntry, type Outcome } from '../../core/journal.js';
import type { Json } from '../../core/json.js';
import type { Message } from '../../core/message.js';
import type { Problem } from '../../core/problem.js';
import type { Reading, Snapshot } from '../store.js';
import type { Row } from './database.js';

export function versionOf(row: Row): Version {
  const [hash, machine, version, language] = row as [string, string, number, string];
  return { hash, machine, version, language, ...given({ code: optional<string>(row[4]) }) };
}

export function definitionOf(row: Row): Definition {
  return { ...versionOf(row), source: JSON.parse(row[5] as string) as Json };
}

/** The columns of INSTANCE_COLUMNS, and the state behind them. */
export function instanceOf(row: Row): Instance {
  const [id, machine, definition] = row as [string, string, string];
  const [status, revision, parent] = row.slice(3) as [Status, number, string | null];
  const [createdAt, updatedAt, state] = row.slice(6) as [number, number, string | null];
  return {
    ...{ id, machine, definition, status, revision, state },
    ...given({ parent: parent ?? undefined }),
    ...{ createdAt, updatedAt },
  };
}

export function readingOf(row: Row): Reading {
  const [attempts, nextDueAt, parked] = row.slice(9) as [number, number | null, string | null];
  const [machinePaused, now] = row.slice(12) as [boolean, number];
  return {
    instance: instanceOf(row),
    ...{ attempts, machinePaused, now },
    ...given({
      parked: parked === null ? undefined : (JSON.parse(parked) as Problem),
      nextDueAt: nextDueAt ?? undefined,
    }),
  };
}

/** The columns of MESSAGE_COLUMNS. */
export function messageOf(row: Row): Message {
  const [seq, to, id, dueAt] = row as [number, string, string, number];
  const [event, seed, cause, hops] = row.slice(4) as [string, string, string, number];
  return { id, to, dueAt, seq, event, seed, cause, hops };
}

export function entryOf(row: Row): JournalEntry {
  const [instance, revision, eventId, at, seed] = row as [string, number, string, number, string];
  const [event, outcome, history, code] = row.slice(5) as [string, string | null, string, string];
  return {
    ...{ instance, revision, eventId, at, seed, event },
    outcome: outcome === null ? APPLIED : (JSON.parse(outcome) as Outcome),
    ...{ history, code },
  };
}

export function snapshotOf(row: Row): Snapshot {
  const [instance, revision, status, state] = row as [string, number, Status, string | null];
  return { instance, revision, status, state };
}

export function optional<T>(value: unknown): T | undefined {
  return value === null ? undefined : (value as T);
}
