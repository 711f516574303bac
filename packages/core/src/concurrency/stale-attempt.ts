/**
 * An attempt used a cached aggregate that was no longer current, so that nothing of its outcome counts. Never leaves the
 * framework: `retryConflicts` makes the next attempt.
 */
export class StaleAttempt extends Error {
  constructor(readonly stream: string) {
    super(`The cached state of ${JSON.stringify(stream)} is no longer current`);
  }
}
