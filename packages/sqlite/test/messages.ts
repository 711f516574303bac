import type { AppendRequest, StoredMessage, StoredSnapshot } from "@tidemark/core/adapter";

/** An event whose texts all follow from its id. */
export function message(id: string): StoredMessage {
  const data = JSON.stringify({ reference: id, note: `note of ${id} `.repeat(8) });
  return { id, type: "Bank.DepositMade.v1", time: 1_700_000_000_000, data, metadata: `{"of":"${id}"}` };
}

export function append(stream: string, ids: readonly string[], expectedVersion?: number): AppendRequest {
  const [category = ""] = stream.split("-");
  const request = { stream, category, messages: ids.map(message) };
  return expectedVersion === undefined ? request : { ...request, expectedVersion };
}

export function snapshot(id: string, version: number): StoredSnapshot {
  return {
    stream: `account:snapshot-${id}`,
    category: "account:snapshot",
    version,
    schemaVersion: 1,
    fingerprint: "f1",
    time: 1_700_000_000_000,
    record: `{"version":${version}}`,
    state: `{"balance":${version}}`,
  };
}

export function ref(stream: string): { readonly stream: string; readonly category: string } {
  return { stream, category: stream.split("-")[0]! };
}
