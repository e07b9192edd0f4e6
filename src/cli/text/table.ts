import { plain } from './plain.js';

/**
 * Rows as lines, in columns as wide as their widest cell, two spaces apart.
 *
 * @example
 * table([['ID', 'STATUS'], ['order-1', 'running']]); // => 'ID       STATUS\norder-1  running\n'
 */
export function table(rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map(plain));
  const widths: number[] = [];
  for (const row of cells) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
  }
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ');
  return cells.map((row) => `${line(row).trimEnd()}\n`).join('');
}
