/** Base64 of a text in UTF-8. */
export function encodeBase64(text: string): string {
  let bytes = '';
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}

/**
 * The text in UTF-8 that Base64 stands for. Reads on where others stop, as Step Functions does: signs that Base64 does
 * not have are passed over, what follows the first "=" too, and bytes that are no UTF-8 become U+FFFD.
 *
 * @example
 * decodeBase64(' YWJj ZA== '); // => 'abcd'
 */
export function decodeBase64(text: string): string {
  const [signs = ''] = text.split('=', 1);
  const digits = signs
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/[^A-Za-z0-9+/]/g, '');
  // A sign that is left over alone has not bits enough for a byte.
  const whole = digits.length % 4 === 1 ? digits.slice(0, -1) : digits;
  const bytes = atob(whole);
  const codes = new Uint8Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) codes[i] = bytes.charCodeAt(i);
  return new TextDecoder().decode(codes);
}
