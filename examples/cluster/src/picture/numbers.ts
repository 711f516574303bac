/** 12345 as "12,345". */
export function grouped(number: number): string {
  return number.toLocaleString("en-US");
}

/** 7100 milliseconds as "7.1 s". */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}

/** 75 seconds as "1:15". */
export function clock(ms: number): string {
  const whole = Math.floor(ms / 1_000);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
