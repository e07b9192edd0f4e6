import { openSync, readFileSync, writeSync } from 'node:fs';

/** Bytes of the one record in a note file; what is longer is cut. */
export const NOTE_BYTES = 1_024;

/**
 * Opens a note file for writing. A note is one write at one place, so it costs microseconds and stands there
 * whatever happens to the process in the next instruction; the system keeps it when the process is killed.
 */
export function openNoteFile(path: string): (text: string) => void {
  const file = openSync(path, 'w');
  const record = Buffer.alloc(NOTE_BYTES);
  return (text) => {
    record.fill(0, record.write(text));
    writeSync(file, record, 0, NOTE_BYTES, 0);
  };
}

/** The last note that was written, or undefined if there is none. */
export function readNoteFile(path: string): string | undefined {
  try {
    const record = readFileSync(path);
    const end = record.indexOf(0);
    const text = record.toString('utf8', 0, end === -1 ? record.length : end);
    return text === '' ? undefined : text;
  } catch {
    return undefined;
  }
}
