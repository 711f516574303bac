/** A command by its id and its type, such as `Fidelis.MakeDeposit.v1`. */
export interface CommandReference {
  readonly id: string;
  readonly type: string;
}

/** An event by its id and its stored type, and the event handler that was at work on it. */
export interface EventReference {
  readonly eventId: string;
  readonly type: string;
  /** The name of the handler: `WelcomeMail`. */
  readonly handler: string;
}

/** The metadata of an event that a domain stored: its cause, beside fields of the user's own. */
export interface EventMetadata {
  /** The same for everything that one request from outside caused. */
  readonly correlationId?: string;
  /** The id of the command that raised the event; absent outside a command. */
  readonly causationId?: string;
  /** The type of that command: `Fidelis.MakeDeposit.v1`. */
  readonly commandType?: string;
  /** The commands in whose handlers that command was processed, the outermost first; absent without any. */
  readonly outerCommands?: readonly CommandReference[];
  /** The event in whose handler the outermost of those commands was processed; absent outside of event handlers. */
  readonly cause?: EventReference;
  /** The span in which the event was stored, as W3C Trace Context writes it; absent without an OpenTelemetry SDK. */
  readonly traceparent?: string;
  /** What the domain's enrichers added to the event and to the commands that caused it. */
  readonly extensions?: Readonly<Record<string, any>>;
  readonly [field: string]: any;
}
