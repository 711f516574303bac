/** What a server knows of itself, without asking the store. */
export interface ServerVitals {
  /** The name under which the store knows it. */
  readonly server: string;
  /** How long its lease lasts. */
  readonly leaseMs: number;
  /** For how long the lease was not renewed; undefined before the first renewal. */
  readonly leaseAgeMs: number | undefined;
  /** For how long the loop that renews the lease has not turned, whether or not the store answered; undefined where it does not run. */
  readonly loopAgeMs: number | undefined;
  /** The same of the loops that fire timers and carry out commands; undefined where none runs. */
  readonly workAgeMs: number | undefined;
  /** The subscriptions whose work an unexpected error has ended, with the error. */
  readonly crashed: ReadonlyMap<string, Error>;
}
