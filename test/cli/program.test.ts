import { describe, expect, it } from 'vitest';
import { openCommandLine } from './call.js';

describe('the command line', () => {
  it('understands each command that its help lists, also alone', async () => {
    const { call } = openCommandLine();
    const help = (await call(['--help'])).out;
    const words = [...help.matchAll(/^ {2}(\w+) .* {2}\w/gm)].map(([, word]) => word ?? '');
    expect(words).toEqual(
      expect.arrayContaining(['dev', 'queue', 'queues', 'pause', 'resume', 'db', 'help']),
    );
    for (const word of words.filter((one) => one !== 'help')) {
      const { code, out } = await call([word, '--help']);
      expect([code, out], word).toEqual([0, expect.stringMatching(`^Usage: detent ${word} `)]);
    }
  });

  it('says its version, and what a word that it does not know may have meant', async () => {
    const { call } = openCommandLine();
    expect(await call(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    expect(await call(['-V'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
    expect(await call(['resum'])).toMatchObject({ code: 2, err: expect.stringContaining('resume') });
  });
});
