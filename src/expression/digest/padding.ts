/**
 * A message as whole blocks: a bit, zeros, and the message's length in bits at the end (RFC 1321, FIPS 180-4).
 * `lengthBytes` is the room for the length.
 */
export function padded(
  message: Uint8Array,
  blockBytes: number,
  lengthBytes: number,
  littleEndian: boolean,
): DataView {
  const blocks = Math.ceil((message.length + 1 + lengthBytes) / blockBytes);
  const bytes = new Uint8Array(blocks * blockBytes);
  bytes.set(message);
  bytes[message.length] = 0x80;
  const view = new DataView(bytes.buffer);
  const at = littleEndian ? bytes.length - lengthBytes : bytes.length - 8;
  view.setBigUint64(at, BigInt(message.length) * 8n, littleEndian);
  return view;
}

export function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}
