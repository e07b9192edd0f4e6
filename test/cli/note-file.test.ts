import { describe, expect, it } from 'vitest';
import { NOTE_BYTES, openNoteFile, readNoteFile } from '../../src/cli/supervisor/note-file.js';
import { writeTemporary } from './child-script.js';

describe('a note file', () => {
  it('has the last note, whatever was there before', () => {
    const path = writeTemporary('note', '');
    const note = openNoteFile(path);
    expect(readNoteFile(path)).toBeUndefined();
    note('stepping a-long-name-of-an-instance');
    note('stepping ä');
    expect(readNoteFile(path)).toBe('stepping ä');
    note('');
    expect(readNoteFile(path)).toBeUndefined();
  });

  it('cuts what is longer than a record', () => {
    const path = writeTemporary('note', '');
    openNoteFile(path)('x'.repeat(NOTE_BYTES + 1));
    expect(readNoteFile(path)).toBe('x'.repeat(NOTE_BYTES));
  });

  it('is empty where there is no file', () => {
    expect(readNoteFile('/no/such/file')).toBeUndefined();
  });
});
