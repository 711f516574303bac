/** A command by its id and its type, such as `Fidelis.MakeDeposit.v1`. */
export interface CommandReference {
  readonly id: string;
  readonly type: string;
}

/** What an event's metadata says of its cause, as far as a domain stored the event; users' own fields stand beside it. */
export interface EventMetadata {
  /** The same for everything that one request from outside set off. */
  readonly correlationId?: string;
  /** The id of the command that raised the event; absent outside a command. */
  readonly causationId?: string;
  /** The type of that command: `Fidelis.MakeDeposit.v1`. */
  readonly commandType?: string;
  /** The commands in whose handlers that command was processed, the outermost first; absent where there are none. */
  readonly outerCommands?: readonly CommandReference[];
  /** What the domain's enrichers added to the event and to the commands that led to it. */
  readonly extensions?: Readonly<Record<string, any>>;
  readonly [field: string]: any;
}
