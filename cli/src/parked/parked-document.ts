import type { ParkedKeyStatus, SkippedEventStatus } from "@tidemark/core";

/** What every document about a key that is set aside says of it, and of an event that was skipped. */
export function parkedDocument({ error, ...status }: ParkedKeyStatus | SkippedEventStatus): object {
  const { stack: _, ...told } = error;
  return { ...status, error: told };
}
