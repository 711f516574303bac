const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];

/** Draws numbers as a row of bars, one for each of the last `width` numbers; the largest of these is a full bar, 0 the lowest. */
export function sparkline(numbers: readonly number[], width: number): string {
  const shown = width > 0 ? numbers.slice(-width) : [];
  const largest = Math.max(1, ...shown);
  return shown.map((number) => BARS[Math.ceil((number / largest) * (BARS.length - 1))]).join("");
}
