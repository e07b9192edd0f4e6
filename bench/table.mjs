// How every benchmark prints what it found.

/** Rows of { name, value, unit, ratio, note }; without a value the note says why there is none. */
export function print(title, rows) {
  console.log(`\n## ${title}\n`);
  const cells = rows.map((row) => [
    row.name,
    row.value === undefined ? '-' : `${format(row.value)} ${row.unit}`,
    row.ratio === undefined ? '' : `×${format(row.ratio)}`,
    row.note ?? '',
  ]);
  const head = ['', 'measured', 'ratio', ''];
  const widths = head.map((_, i) => Math.max(...[head, ...cells].map((line) => line[i].length)));
  for (const line of [head, widths.map((width) => '-'.repeat(width)), ...cells]) {
    console.log(
      `| ${line.map((cell, i) => (i === 1 || i === 2 ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))).join(' | ')} |`,
    );
  }
}

function format(value) {
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}
