/**
 * Carries an event's data from one version of its class to a later one, each time an older event is read. What is stored
 * stays as it is.
 *
 * It works on the data as it is stored, which is JSON: a `Date` is its ISO text, a `bigint` its digits in a text. It
 * looks at nothing but the data, so that every replay makes the same of it.
 */
export interface Upcaster {
  /** @param data its own to change. @returns the whole new data. */
  upcast(data: Record<string, any>): Record<string, unknown>;
}

/** One registered upcaster, as a chain uses it. */
export interface UpcasterStep {
  readonly to: number;
  /** Its class, for messages. */
  readonly name: string;
  readonly upcaster: Upcaster;
}
