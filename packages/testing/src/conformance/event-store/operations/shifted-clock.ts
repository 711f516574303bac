/** Runs work while the clock of this process, as `Date` shows it, is off by some milliseconds. */
export async function withShiftedClock<T>(ms: number, work: () => Promise<T>): Promise<T> {
  const RealDate = globalThis.Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [target.now() + ms] : given, newTarget) as Date,
    apply: (target) => new target(target.now() + ms).toString(),
    get: (target, key) => (key === "now" ? () => target.now() + ms : Reflect.get(target, key)),
  });
  try {
    return await work();
  } finally {
    globalThis.Date = RealDate;
  }
}
