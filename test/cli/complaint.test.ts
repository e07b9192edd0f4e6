import { describe, expect, it } from 'vitest';
import { complainer, SILENCE_MS } from '../../src/cli/complaint.js';

describe('a complainer', () => {
  it('says the same sentence again only after a while, and others at once', () => {
    let now = 0;
    let said = '';
    const err = (text: string) => {
      said += text;
    };
    const complain = complainer({ err, env: {} }, () => now);
    complain(new Error('full'));
    complain(new Error('full'));
    complain(new Error('busy'));
    expect(said).toBe('full\nbusy\n');
    now = SILENCE_MS - 1;
    complain(new Error('full'));
    expect(said).toBe('full\nbusy\n');
    now = SILENCE_MS;
    complain(new Error('full'));
    expect(said).toBe('full\nbusy\nfull\n');
  });
});
