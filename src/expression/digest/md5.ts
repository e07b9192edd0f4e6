import { padded, rotateLeft } from './padding.js';

const SHIFTS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21];
const SINES = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32));

/** RFC 1321. */
export function md5(message: Uint8Array): string {
  const view = padded(message, 64, 8, true);
  const state: [number, number, number, number] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476];
  for (let block = 0; block < view.byteLength; block += 64) {
    let [a, b, c, d] = state;
    for (let i = 0; i < 64; i++) {
      const [mixed, word] = roundOf(i, b, c, d);
      const sum = (a + mixed + (SINES[i] ?? 0) + view.getUint32(block + word * 4, true)) | 0;
      const shift = SHIFTS[(i >> 4) * 4 + (i & 3)] ?? 0;
      [a, d, c, b] = [d, c, b, (b + rotateLeft(sum, shift)) | 0];
    }
    [a, b, c, d].forEach((word, i) => {
      state[i] = ((state[i] ?? 0) + word) | 0;
    });
  }
  const result = new DataView(new ArrayBuffer(16));
  state.forEach((word, i) => {
    result.setUint32(i * 4, word, true);
  });
  return Array.from({ length: 16 }, (_, i) => result.getUint8(i).toString(16).padStart(2, '0')).join('');
}

/** What is mixed in a step of each of the four rounds, and the word of the block that it takes. */
function roundOf(i: number, b: number, c: number, d: number): readonly [mixed: number, word: number] {
  if (i < 16) return [(b & c) | (~b & d), i];
  if (i < 32) return [(d & b) | (~d & c), (5 * i + 1) % 16];
  if (i < 48) return [b ^ c ^ d, (3 * i + 5) % 16];
  return [c ^ (b | ~d), (7 * i) % 16];
}
