const SIZE_UNITS = ["B", "kB", "MB", "GB"] as const;

/** Formats a number of bytes with two or three digits: `412 B`, `1.2 kB`, `15 MB`. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.round(value) >= 1000 && unit < SIZE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${SIZE_UNITS[unit]}`;
}

/** Formats a duration in whole units of the largest unit that it reaches: `59 s`, `3 min`, `4 h`, `12 d`. */
export function duration(ms: number): string {
  const seconds = Math.floor(Math.max(ms, 0) / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 60 * 60) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 24 * 60 * 60) return `${Math.floor(seconds / (60 * 60))} h`;
  return `${grouped(Math.floor(seconds / (24 * 60 * 60)))} d`;
}

/** Formats a number with its digits in groups of three and one decimal at most: `1,200`. */
export function grouped(count: number): string {
  return count.toLocaleString("en-US", { maximumFractionDigits: 1 });
}
