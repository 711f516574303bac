import type { EventMetadata } from "../../elements/event-metadata";

/** A command that is carried out later: the JSON text in the `data` of its queue entry. The entry has its id and its stored type. */
export interface QueuedCommand {
  /** The command's data as its shape encodes it. */
  readonly command: object;
  /** What caused it: correlation, the command or event, extensions, traceparent. */
  readonly metadata: EventMetadata;
  /** The key that it is carried out once for. */
  readonly idempotencyKey?: string;
  /** The key that `schedule` was given. */
  readonly scheduledAs?: string;
  /** Whether the entry stays when the command has been carried out, with its result. */
  readonly keepsResult: boolean;
  /** The instance of a process manager that has issued it, and is told when the domain refuses it. */
  readonly issuedBy?: IssuingProcess;
}

export interface IssuingProcess {
  /** The name of the process manager. */
  readonly process: string;
  /** The stream of the instance. */
  readonly stream: string;
  readonly category: string;
  /** The stored type of the event to append when the domain refuses it: `ProcessTypes.commandRejected`. */
  readonly rejectedType: string;
}

/** What came of it: the JSON text in the `outcome` of its queue entry. */
export interface QueuedOutcome {
  /** What the handler returned, as it is stored; absent where it returned undefined, and where it failed. */
  readonly result?: unknown;
  /** Why it was refused or has failed. */
  readonly error?: {
    readonly name: string;
    readonly code?: string;
    readonly message: string;
    readonly details?: object;
  };
  /** Who has cancelled or retried it, where somebody said so. */
  readonly by?: string;
  /** Why. */
  readonly reason?: string;
}
