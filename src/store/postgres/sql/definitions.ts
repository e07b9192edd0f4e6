const COLUMNS = 'hash, machine, version, language, code';

export const PUBLISH = `SELECT ${COLUMNS}, source FROM detent.publish($1, $2, $3, $4, $5)`;

export const DEFINITION = `SELECT ${COLUMNS}, source FROM detent.definition WHERE hash = $1`;

export const LATEST = `
  SELECT DISTINCT ON (machine) ${COLUMNS}, source FROM detent.definition
  WHERE machine = ANY ($1) ORDER BY machine, version DESC`;

export const DEFINITIONS = `SELECT ${COLUMNS} FROM detent.definition ORDER BY machine, version`;
