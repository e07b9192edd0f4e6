import type { Chance } from '../../core/chance.js';

/** A UUID of version 4, as random as the chance that is given. */
export function uuidOf(chance: Chance): string {
  const [a, b, c, d] = [0, 1, 2, 3].map(() => chance.uint32().toString(16).padStart(8, '0')) as [
    string,
    string,
    string,
    string,
  ];
  const variant = ((Number.parseInt(c.charAt(0), 16) & 3) | 8).toString(16);
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-${variant}${c.slice(1, 4)}-${c.slice(4)}${d}`;
}
