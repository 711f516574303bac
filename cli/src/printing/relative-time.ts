import { duration } from "./quantities";

/** Writes a moment with its age: `2026-11-28T22:55:35.304Z, 4 min ago`. */
export function ago(moment: Date, now: number): string {
  return `${moment.toISOString()}, ${duration(now - moment.getTime())} ago`;
}

/** Writes a moment with how long it takes until then, or for how long it is past: `2026-11-28T22:55:35.304Z, in 4 min`. */
export function fromNow(moment: Date, now: number): string {
  const left = moment.getTime() - now;
  return left < 0 ? ago(moment, now) : `${moment.toISOString()}, in ${duration(left)}`;
}

/** Writes how long it takes until a moment, or for how long it is past: `in 4 min`, `4 s ago`. */
export function distance(moment: Date, now: number): string {
  const left = moment.getTime() - now;
  return left < 0 ? `${duration(-left)} ago` : `in ${duration(left)}`;
}
