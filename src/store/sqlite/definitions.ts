import type { Definition, NewDefinition, Version } from '../../core/definition.js';
import type { Json } from '../../core/json.js';
import type { Database } from './database.js';
import type { Row } from './driver.js';

const COLUMNS = 'hash, machine, version, language, source, code';
const BY_HASH = `SELECT ${COLUMNS} FROM definition WHERE hash = ?`;
const LATEST = `SELECT ${COLUMNS} FROM definition WHERE machine = ? ORDER BY version DESC LIMIT 1`;
const ALL = 'SELECT hash, machine, version, language, code FROM definition ORDER BY machine, version';

const ADD = `
  INSERT INTO definition (hash, machine, version, language, source, code)
  SELECT ?1, ?2, 1 + coalesce((SELECT max(version) FROM definition WHERE machine = ?2), 0), ?3, ?4, ?5
  WHERE NOT EXISTS (SELECT 1 FROM definition WHERE hash = ?1)`;

/** Stores a definition unless it is there. To be called in a transaction. */
export function publish(
  database: Database,
  { hash, machine, language, source, code = '' }: NewDefinition,
): Definition {
  database.run(ADD, hash, machine, language, JSON.stringify(source), code);
  const published = definition(database, hash);
  if (published === undefined) throw new Error(`definition ${hash} was not written`);
  return published;
}

export function definition(database: Database, hash: string): Definition | undefined {
  return database.all(BY_HASH, hash).map(read)[0];
}

export function latest(database: Database, machine: string): Definition | undefined {
  return database.all(LATEST, machine).map(read)[0];
}

export function definitions(database: Database): readonly Version[] {
  return database.all(ALL).map((row) => {
    const [hash, machine, version, language, code] = row as [string, string, number, string, string];
    return { hash, machine, version, language, ...(code === '' ? {} : { code }) };
  });
}

function read(row: Row): Definition {
  const [hash, machine, version, language, source, code] = row as [
    string,
    string,
    number,
    string,
    string,
    string,
  ];
  const definition = { hash, machine, version, language, source: JSON.parse(source) as Json };
  return code === '' ? definition : { ...definition, code };
}
