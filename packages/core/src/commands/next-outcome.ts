/** The outcome of what `next()` carries out. Knows whether the middleware looks at it. */
export class NextOutcome extends Promise<unknown> {
  /** Promises that are derived from it are plain ones. */
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  isAwaited = false;
  isPending = true;
  /** What `next()` gave; undefined while it goes on, and when it failed. */
  result: unknown;

  static of(carried: Promise<unknown>): NextOutcome {
    const outcome = new NextOutcome((resolve, reject) => {
      carried.then(
        (result) => {
          outcome.isPending = false;
          outcome.result = result;
          resolve(result);
        },
        (error: unknown) => {
          outcome.isPending = false;
          reject(error);
        },
      );
    });
    // Its failure is reported by `through` where the middleware does not look at it.
    Promise.prototype.then.call(outcome, undefined, () => undefined);
    return outcome;
  }

  // biome-ignore lint/suspicious/noThenProperty: `await`, `catch` and `finally` of a subclass call it, so that it sees every look.
  override then<A = unknown, B = never>(
    fulfilled?: ((value: unknown) => A | PromiseLike<A>) | null,
    rejected?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isAwaited = true;
    return super.then(fulfilled, rejected);
  }
}
