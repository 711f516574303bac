/**
 * Converts the data of an event from one version of its class to a later one, each time an older event is read. The stored event
 * stays unchanged.
 *
 * It works on the stored data, which is JSON: a `Date` is its ISO text, a `bigint` its digits in a text. It uses nothing but the
 * data, so that every replay gives the same result.
 */
export interface Upcaster {
  /**
   * @param data a copy, which the upcaster may change.
   * @returns the whole new data.
   */
  upcast(data: Record<string, any>): Record<string, unknown>;
}

/** One registered upcaster, as a chain uses it. */
export interface UpcasterStep {
  readonly to: number;
  /** The name of its class, for messages. */
  readonly name: string;
  readonly upcaster: Upcaster;
}
