// What a store does on SQLite, done by hand: its own cost is what it takes longer than this.
import { connect } from '../dist/store/sqlite/connect.js';
import { openSqliteStore } from '../dist/store/sqlite/sqlite-store.js';
import { EVENT, HISTORY, Mailboxes, STATE } from './mailboxes.mjs';

/** The same tables, and the same rows of a commit, by hand: nothing is checked, nothing is asked. */
export async function openBareLoop(path, instances) {
  const empty = await openSqliteStore({ path });
  await new Mailboxes(empty, instances).create();
  await empty.close();
  const connection = connect(path);
  for (const pragma of ['synchronous = FULL', 'cache_size = -16384', 'wal_autocheckpoint = 4000']) {
    connection.exec(`PRAGMA ${pragma}`);
  }
  const send = connection.prepare(
    "INSERT INTO message (id, recipient, due_at, event, seed, cause, hops, timer) VALUES (?, ?, ?, ?, 'seed', '', 0, 0) RETURNING seq",
  );
  const wake = connection.prepare('UPDATE mailbox SET next_due_at = ?1, wake_at = ?1 WHERE instance = ?2');
  const hold = connection.prepare(
    `INSERT INTO lease (instance, definition, token, worker, lease_until, attempts, wake_at)
    VALUES (?1, ?2, 'token', 'bench', ?3, 1, ?3)`,
  );
  const statements = [
    connection.prepare('UPDATE instance SET revision = ?, state = ?, updated_at = ? WHERE id = ?'),
    connection.prepare(
      "INSERT INTO journal (instance, revision, event_id, at, seed, event, outcome, history, code) VALUES (?, ?, ?, ?, 'seed', ?, ?, ?, ?)",
    ),
    connection.prepare('DELETE FROM message WHERE seq = ?'),
    connection.prepare('DELETE FROM lease WHERE instance = ?'),
    connection.prepare('UPDATE mailbox SET next_due_at = ?, wake_at = ? WHERE instance = ?'),
  ];
  let made = 0;
  return {
    rows: statements.length,
    /** Rows that `prepared` writes of each. */
    acceptedRows: 3,
    driver: connection.driver,
    /** Messages that wait in held mailboxes, and the values that a commit of each writes. */
    prepared(count) {
      connection.exec('BEGIN IMMEDIATE');
      const rows = Array.from({ length: count }, () => {
        made += 1;
        const [id, instance, now] = [`e${made}`, `i${made % instances}`, Date.now()];
        const revision = 2 + Math.floor(made / instances);
        const [[seq]] = send.all([id, instance, now, EVENT]);
        wake.run([now, instance]);
        hold.run([instance, 'bench', now + 60_000]);
        return [
          [revision, STATE, now, instance],
          [instance, revision, id, now, EVENT, null, HISTORY, ''],
          [seq],
          [instance],
          [null, null, instance],
        ];
      });
      connection.exec('COMMIT');
      return rows;
    },
    write(rows) {
      connection.exec('BEGIN IMMEDIATE');
      for (const row of rows) {
        for (const [n, values] of row.entries()) {
          if (statements[n].run(values) !== 1) throw new Error(`statement ${n} changed nothing`);
        }
      }
      connection.exec('COMMIT');
    },
    close: () => connection.close(),
  };
}
