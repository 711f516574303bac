/** What led to an event: stamped on its metadata. */
export interface Cause {
  /** The same for everything that one request from outside sets off. */
  readonly correlationId: string;
  /** The command that raised the event; absent outside a command. */
  readonly causationId?: string;
  /** Both as the JSON text that is stored, made once for all events of the cause. */
  readonly metadata: string;
}

export function causeOf(correlationId: string, causationId?: string): Cause {
  const ids = causationId === undefined ? { correlationId } : { correlationId, causationId };
  return { ...ids, metadata: JSON.stringify(ids) };
}
