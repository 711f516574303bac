import type { ParkedKeyStatus, SkippedEvent } from "@tidemark/core";

/** What every document about a key that is set aside says of it. */
export function parkedDocument({ error, ...status }: ParkedKeyStatus): object {
  const { name, message } = error;
  return { ...status, error: { name, message } };
}

export function skippedDocument(event: SkippedEvent): object {
  return { ...event };
}
