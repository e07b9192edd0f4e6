import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FatalDumpFilter } from '../../src/cli/supervisor/fatal-dump.js';

function filter(...chunks: string[]) {
  const dump = new FatalDumpFilter();
  const text = chunks.map((chunk) => dump.push(chunk)).join('') + dump.end();
  return { text, outOfMemory: dump.outOfMemory };
}

describe('the filter of fatal dumps', () => {
  it('lets everything else through, however it is cut', () => {
    const line = fc.constantFrom('', '#', 'a', '# heading', '<--- Last', 'Error: x');
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(40)), fc.boolean(), (lines, cuts, ends) => {
        const text = lines.join('\n') + (ends ? '\n' : '');
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const chunks = places.slice(1).map((place, i) => text.slice(places[i], place));
        expect(filter(...chunks)).toEqual({ text, outOfMemory: false });
      }),
    );
  });

  it('swallows the dump of a full heap', () => {
    const dump =
      '\n<--- Last few GCs --->\n\n[1:0x2] 873 ms\n\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\n';
    expect(filter('before\n', dump, ' 1: 0xb78db3 node::OOMErrorHandler\n')).toEqual({
      text: 'before\n',
      outOfMemory: true,
    });
  });

  it('swallows the frame of a fatal error', () => {
    const dump = '\n\n#\n# Fatal error in , line 0\n# Fatal JavaScript invalid size error 169220804\n#\n#\n';
    expect(filter(dump)).toEqual({ text: '', outOfMemory: true });
  });
});
