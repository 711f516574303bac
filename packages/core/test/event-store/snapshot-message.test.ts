import { type StoredSnapshot, snapshotMessage } from "@tidemark/core/adapter";

import { snapshotOf } from "../../src/event-store/snapshot-message";

const ref = { stream: "account:snapshot-1", category: "account:snapshot" };
const snapshot: StoredSnapshot = {
  ...ref,
  version: 4,
  schemaVersion: 2,
  fingerprint: "f",
  time: 99,
  record: '{"version":4,"schemaVersion":2,"fingerprint":"f","encoding":"json"}',
  state: '{"balance":-0}',
};

describe("snapshotMessage", () => {
  it("puts the state into the record", () => {
    expect(snapshotMessage(snapshot)).toEqual({
      ...ref,
      id: "account:snapshot-1@4:2:f",
      type: "SNAPSHOT",
      position: 4,
      globalPosition: 0,
      time: 99,
      data: '{"version":4,"schemaVersion":2,"fingerprint":"f","encoding":"json","state":{"balance":-0}}',
      metadata: "{}",
    });
  });

  it("writes bytes as base64, also those of a part of a larger buffer", () => {
    const bytes = Uint8Array.of(9, 9, 0, 255, 16).subarray(2);
    expect(snapshotMessage({ ...snapshot, record: "{}", state: bytes }).data).toBe('{"state":"AP8Q"}');
  });

  it("refuses one that is damaged, naming stream and version", () => {
    expect(() => snapshotMessage({ ...snapshot, fault: "its checksum is wrong" })).toThrow(
      'Cannot read position 4 of stream "account:snapshot-1": its checksum is wrong',
    );
  });
});

describe("snapshotOf", () => {
  const message = (data: string) => ({ id: "i", type: "SNAPSHOT", time: 99, data, metadata: "{}" });

  it("is the inverse of snapshotMessage, for text and for bytes", () => {
    const packed = {
      ...snapshot,
      record: snapshot.record.replace("json", "gzip"),
      state: Uint8Array.of(0, 255, 16),
    };
    for (const each of [snapshot, packed]) expect(snapshotOf(ref, snapshotMessage(each), 77)).toEqual(each);
  });

  it("makes up columns that the data does not give", () => {
    expect(snapshotOf(ref, message('{"version":-1,"schemaVersion":"2","fingerprint":7}'), 77)).toEqual({
      ...ref,
      version: 77,
      schemaVersion: 1,
      fingerprint: "",
      time: 99,
      record: '{"version":-1,"schemaVersion":"2","fingerprint":7}',
      state: "",
    });
  });

  it("keeps a state that is said to be gzip but is not base64", () => {
    const data = '{"encoding":"gzip","state":"not base64!"}';
    expect(snapshotMessage(snapshotOf(ref, message(data), 0)).data).toBe(data);
  });
});
