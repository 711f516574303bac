import { randomUUID } from "node:crypto";

import type { NewEvent, RecordedEvent } from "@tidemark/core";
import type {
  AppendRequest,
  EventStoreAdapter,
  StoredMessage,
  StoredSnapshot,
  StreamRef,
} from "@tidemark/core/adapter";

export const NOTED = "Conformance.Noted.v1";

/** Whole numbers beyond every version, at the borders of what columns of integers and JavaScript hold. */
export const LARGE_NUMBERS = [2 ** 31 - 2, 2 ** 31 - 1, 2 ** 31, 202_602_201_234, Number.MAX_SAFE_INTEGER];

/** An event whose data is `{ n }`. */
export function noted(n: number, more: Partial<NewEvent> = {}): NewEvent {
  return { type: NOTED, data: { n }, ...more };
}

/** Events numbered from `first`. */
export function noteds(count: number, first = 0): NewEvent[] {
  return Array.from({ length: count }, (_, index) => noted(first + index));
}

/** The same as an adapter is given it. */
export function storedNote(n: number, more: Partial<StoredMessage> = {}): StoredMessage {
  return { id: randomUUID(), type: NOTED, time: n, data: `{"n":${n}}`, metadata: "{}", ...more };
}

export function ref(stream: string): StreamRef {
  return { stream, category: stream.slice(0, stream.indexOf("-")) };
}

export function request(stream: string, messages: readonly StoredMessage[], expectedVersion?: number): AppendRequest {
  return { ...ref(stream), messages, ...(expectedVersion !== undefined && { expectedVersion }) };
}

/** Fills a stream with events numbered by position, whose ids are `<stream>@<position>` and whose times are their positions. */
export async function fill(adapter: EventStoreAdapter, stream: string, count: number): Promise<void> {
  for (let first = 0; first < count; first += 10_000) {
    const messages = Array.from({ length: Math.min(10_000, count - first) }, (_, index) =>
      storedNote(first + index, { id: `${stream}@${first + index}` }),
    );
    await adapter.log.append([request(stream, messages, first - 1)]);
  }
}

export function snapshotNote(stream: string, version: number, more: Partial<StoredSnapshot> = {}): StoredSnapshot {
  const record = JSON.stringify({ version, encoding: "json" });
  const state = JSON.stringify({ sum: version });
  return { ...ref(stream), version, schemaVersion: 1, fingerprint: "a", time: version, record, state, ...more };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/** The `n` of each event. */
export async function numbers(events: AsyncIterable<RecordedEvent>): Promise<number[]> {
  return (await collect(events)).map(({ data }) => data.n);
}

/** 0, 1, 2 … below `count`, or from `first` on. */
export function range(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}
