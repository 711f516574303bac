import type { Domain, ParkedKeyStatus, RecordedEvent } from "@tidemark/core";

import { describeError } from "../printing/report-error";

/** The event because of which a key is set aside, as far as it can be read. */
export interface FailedEvent {
  /** Null where it cannot be read. */
  readonly event: RecordedEvent | null;
  /** The texts as they are stored, of an event that is no JSON. */
  readonly text: { readonly data: string; readonly metadata: string } | null;
  /** Why the event cannot be read. */
  readonly unreadable: string | null;
}

/** Reads the event that failed; where that is impossible, its text. */
export async function failedEventOf(domain: Domain, { position }: ParkedKeyStatus): Promise<FailedEvent> {
  try {
    for await (const event of domain.eventStore.readAll({ after: position - 1, limit: 1 }))
      if (event.globalPosition === position) return { event, text: null, unreadable: null };
    return { event: null, text: null, unreadable: `the event store has no event at global position ${position}` };
  } catch (error) {
    return { event: null, text: await textAt(domain, position), unreadable: describeError(error) };
  }
}

/** @returns null where the store cannot read the row at all. */
async function textAt(domain: Domain, position: number): Promise<FailedEvent["text"]> {
  try {
    const stored = await domain.eventStore.readText(position);
    return stored === undefined ? null : { data: stored.data, metadata: stored.metadata };
  } catch {
    return null;
  }
}
