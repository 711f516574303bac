import { SpanKind } from "@opentelemetry/api";

import type { QueuedCommand } from "../commands/later/queued-command";
import type { ClaimedEntry } from "../ports/command-queue";
import { ATTRIBUTES, SPANS } from "./names";
import { linkToTraces } from "./trace-context";
import { isTraced, startSpan, withinToItsEnd } from "./tracing";

/**
 * Carries a command of the queue out in a span of its own, which is linked to the trace in which the command was put into the queue. What
 * the handler does belongs to that span.
 */
export async function tracedCommand(
  { id, type, attempts }: ClaimedEntry,
  { metadata }: QueuedCommand,
  attempt: () => Promise<unknown>,
): Promise<unknown> {
  const span = startSpan(SPANS.command, SpanKind.CONSUMER);
  if (!isTraced(span)) return await attempt();
  if (span.isRecording()) {
    span.setAttributes({
      [ATTRIBUTES.command]: type,
      [ATTRIBUTES.commandId]: id,
      [ATTRIBUTES.attempt]: attempts + 1,
    });
    linkToTraces(span, [metadata.traceparent]);
  }
  return await withinToItsEnd(span, attempt);
}
