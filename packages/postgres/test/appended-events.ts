import { randomUUID } from "node:crypto";

import { type AppendRequest, parseStream, type StoredMessage } from "@tidemark/core/adapter";

/** Events of one type whose data counts from `first`. */
export function events(count: number, first = 0): StoredMessage[] {
  return Array.from({ length: count }, (_, index) => ({
    id: randomUUID(),
    type: "Fidelis.DepositMade.v1",
    time: 1_700_000_000_000 + index,
    data: JSON.stringify({ amount: first + index }),
    metadata: "{}",
  }));
}

/** An append to one stream; the version is not checked where none is given. */
export function request(stream: string, messages: readonly StoredMessage[], expectedVersion?: number): AppendRequest {
  const { category } = parseStream(stream);
  return { stream, category, messages, ...(expectedVersion !== undefined && { expectedVersion }) };
}
