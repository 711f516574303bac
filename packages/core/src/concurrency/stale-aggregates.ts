/**
 * Work that went ahead on cached aggregates turned out to have used one that was no longer current, so that nothing of
 * its outcome counts. Never leaves the framework: whoever let the work go ahead has it done again.
 */
export class StaleAggregates extends Error {
  constructor(readonly stream: string) {
    super(`The cached state of ${JSON.stringify(stream)} is no longer current`);
  }
}
