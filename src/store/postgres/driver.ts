import type pg from 'pg';
import { refused } from './failure.js';

/** The npm package `pg`, which is optional: loaded when a store is opened, refused plainly if it is not there. */
export async function loadDriver(): Promise<typeof pg> {
  try {
    return (await import('pg')).default;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw refused(
      {
        code: 'store-driver-missing',
        message: 'a PostgreSQL store needs the npm package "pg", which is not installed',
        path: '',
        hint: 'npm install pg',
      },
      error,
    );
  }
}
