/** What is another one each time, and what stands for it. */
const CHANGING: readonly (readonly [RegExp, string])[] = [
  [/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<time>"],
  [/[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}/g, "<id>"],
  [/\(\d+(\.\d+)?ms\)/g, "(<duration>)"],
  [/\b\d+(\.\d+)? (ms|s|min|h)\b/g, "<age>"],
  [/\b\d+(\.\d+)? (B|kB)\b/g, "<size>"],
  // Of about the same size, in either order.
  [/<size>, \S+ at version \d+/g, "<size>, <aggregate> at version <number>"],
  [/\bdatabase "\w+" at [\w.]+:\d+/g, 'database "<name>" at <server>'],
  [/\bSQLite file "[^"]*\//g, 'SQLite file "<path>/'],
  [/\b\d{4}-\d\d-\d\d\b/g, "<day>"],
  [/"(globalPosition|bytes)":\d+/g, '"$1":<number>'],
  // Columns are as wide as the widest of such values.
  [/ {2,}/g, "  "],
  [/^ +| +$/gm, ""],
];

/** What a command printed, without what differs from run to run: times, ids, durations, sizes, the width of columns. */
export function comparable(output: string): string {
  return CHANGING.reduce((text, [pattern, constant]) => text.replace(pattern, constant), output);
}

/** The real output as far as the shown one goes: a line `…` stands for any lines. Comparable to it by `toBe`. */
export function asShown(real: string, shown: string): string {
  const pattern = comparable(shown)
    .split(/^…$\n?/m)
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
    .join("(?:.*\\n)*?");
  return new RegExp(`^${pattern}$`).test(comparable(real)) ? comparable(shown) : comparable(real);
}
