/** So many things in so many milliseconds, as things a second. */
export function rate({ count, ms }) {
  return (count / ms) * 1_000;
}

export function median(values) {
  return percentile(values, 0.5);
}

export function percentile(values, p) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))];
}

/**
 * Runs every variant in turn, round by round, so that a slow minute of the disk is shared by all; each answers
 * { count, ms }. Answers the rates of each variant, one a round, after `warm` rounds that do not count.
 */
export async function interleaved(variants, { rounds, warm = 0, until = Number.POSITIVE_INFINITY }) {
  const rates = Object.fromEntries(Object.keys(variants).map((name) => [name, []]));
  for (let round = 0; round < rounds + warm && (round <= warm || performance.now() < until); round++) {
    for (const [name, variant] of Object.entries(variants)) {
      const run = await variant();
      if (round >= warm) rates[name].push(rate(run));
    }
  }
  return rates;
}

/** How far apart the rounds were, for a note: `1,234–5,678`. */
export function spread(values) {
  const shown = [Math.min(...values), Math.max(...values)].map((value) =>
    value >= 100 ? Math.round(value).toLocaleString('en-US') : value.toFixed(1),
  );
  return shown.join('–');
}

/** The median of the ratios of two variants, round by round. */
export function medianRatio(ours, theirs) {
  return median(ours.map((value, round) => value / theirs[round]));
}
