/** The domain has refused a command that an instance of a process manager had issued: the data of the event in the instance's stream. */
export interface CommandRejectedData {
  /** The id of the queue entry, which is that of the command. */
  readonly commandId: string;
  /** Its place among the commands of the instance, from 0. */
  readonly number?: number;
  /** The stored type of the command, and its data as they are stored. */
  readonly commandType: string;
  readonly command: object;
  readonly reason: RejectionReason;
}

/** An error of the domain, as it is stored. */
export interface RejectionReason {
  readonly name: string;
  readonly code: string;
  readonly message: string;
  /** As far as JSON can hold them. */
  readonly details: Readonly<Record<string, unknown>>;
}
