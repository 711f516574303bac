/** An instance of a process manager as it is stored: the JSON text in the `data` of its state (`StateStore`). */
export interface StoredProcess {
  /** The name of the process manager. */
  readonly process: string;
  /** The version of the state. */
  readonly version: number;
  /** `awaiting`: it has not started, and keeps events. */
  readonly status: "awaiting" | "running" | "ended";
  /** The state as the shape encodes it; absent unless it runs. */
  readonly state?: object;
  /** The timers that are set, by name, each with its id. */
  readonly timers?: Readonly<Record<string, string>>;
  /** The global positions of the events that are kept until it starts, in order. */
  readonly kept?: readonly number[];
  /** How many steps it has made: events, timers and refusals that one of its methods was called for. */
  readonly steps: number;
  /** How many commands it has issued: the next one's number in its line. */
  readonly commands: number;
  /** The number of the first command since it was started anew; absent where it never was. Refusals of those before are not for it. */
  readonly firstCommand?: number;
  /** Milliseconds since 1970, UTC: by the events that it was told of. */
  readonly startedAt?: number;
  readonly changedAt: number;
  readonly endedAt?: number;
}
