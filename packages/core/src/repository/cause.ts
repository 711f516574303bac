import { exactJson } from "../schema/exact-json";
import type { Extensions } from "./enrichers";

/** What led to an event: stamped on its metadata. */
export interface Cause {
  /** The same for everything that one request from outside sets off. */
  readonly correlationId: string;
  /** The command that raised the event; absent outside a command. */
  readonly causationId?: string;
  /** What enrichers added to the command, and to those around it; absent where they added nothing. */
  readonly extensions?: Extensions;
  /** All of it as the JSON text that is stored, made once for all events of the cause. */
  readonly metadata: string;
}

export function causeOf(correlationId: string, causationId?: string, extensions?: Extensions): Cause {
  const ids = causationId === undefined ? { correlationId } : { correlationId, causationId };
  if (extensions === undefined) return { ...ids, metadata: JSON.stringify(ids) };
  return { ...ids, extensions, metadata: exactJson({ ...ids, extensions }) };
}
