import type { SeededNumbers } from "./seeded-numbers";

const HOUR_MS = 3_600_000;
const MOST_HOURS = 20_000;

/**
 * Does work while `new Date()` and `Date.now()` tell a later time, by an hour to two years: two folds would otherwise see the same time.
 * @param work without a promise, so that nobody else gets a turn to look at the clock.
 */
export function atAnotherTime<T>(random: SeededNumbers, work: () => T): T {
  const real = globalThis.Date;
  const shiftMs = HOUR_MS * (1 + random.below(MOST_HOURS));
  globalThis.Date = new Proxy(real, {
    construct: (target, given, made) =>
      Reflect.construct(target, given.length === 0 ? [real.now() + shiftMs] : given, made) as object,
    apply: () => new real(real.now() + shiftMs).toString(),
    get: (target, name) => (name === "now" ? () => real.now() + shiftMs : Reflect.get(target, name)),
  });
  try {
    return work();
  } finally {
    globalThis.Date = real;
  }
}
