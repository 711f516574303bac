import { EventEmitter } from "node:events";

import { RowTap } from "../src/row-tap";
import { wireRow } from "../src/wire-rows";
import type { RowCollector } from "../src/work";

const message = (kind: string, body: Buffer) => {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(kind), length, body]);
};
const rowOf = (...columns: (string | null)[]) => message("D", wireRow(columns));
const [BOUND, DONE, READY] = [
  message("2", Buffer.alloc(0)),
  message("C", Buffer.from("SELECT\0")),
  message("Z", Buffer.from("I")),
];

/** A stream with a parser that notes what it is given, and a collector that notes the first column of each row. */
function tapped({ isCollecting = true, others = 0 } = {}) {
  const stream = new EventEmitter();
  const passed: Buffer[] = [];
  const rows: string[] = [];
  stream.on("data", (bytes: Buffer) => passed.push(Buffer.from(bytes)));
  for (let index = 0; index < others; index++) stream.on("data", () => undefined);
  const collector: RowCollector = {
    begin: () => undefined,
    add: (bytes, at) => rows.push(bytes.toString("utf8", at + 6, at + 6 + bytes.readInt32BE(at + 2))),
  };
  RowTap.put(stream, { isCollecting, collector: () => collector });
  return { send: (bytes: Buffer) => stream.emit("data", bytes), passed: () => Buffer.concat(passed), rows };
}

it("collects rows and passes all else on, wherever the bytes are cut", () => {
  const answer = [BOUND, rowOf("first", null), rowOf("zweiter: ä"), DONE, rowOf("x".repeat(300)), DONE, READY];
  const bytes = Buffer.concat(answer);
  for (let size = 1; size <= bytes.length; size++) {
    const { send, passed, rows } = tapped();
    for (let at = 0; at < bytes.length; at += size) send(Buffer.from(bytes.subarray(at, at + size)));
    expect(rows).toEqual(["first", "zweiter: ä", "x".repeat(300)]);
    expect(passed()).toEqual(Buffer.concat([BOUND, DONE, DONE, READY]));
  }
});

it("passes the end of a call on before it asks who collects the rows of the next", () => {
  const stream = new EventEmitter();
  const events: string[] = [];
  stream.on("data", () => events.push("passed"));
  RowTap.put(stream, {
    isCollecting: true,
    collector: () => {
      events.push("asked");
      return undefined;
    },
  });
  stream.emit("data", Buffer.concat([DONE, rowOf("a"), DONE]));
  expect(events).toEqual(["passed", "asked", "passed"]);
});

it("leaves rows that nobody collects to the parser", () => {
  const { send, passed, rows } = tapped({ isCollecting: false });
  const bytes = Buffer.concat([BOUND, rowOf("a"), DONE, READY]);
  send(bytes);
  expect(rows).toEqual([]);
  expect(passed()).toEqual(bytes);
});

it("leaves a stream alone to which others listen", () => {
  const { send, passed, rows } = tapped({ others: 1 });
  const bytes = Buffer.concat([BOUND, rowOf("a"), DONE, READY]);
  send(bytes);
  expect(rows).toEqual([]);
  expect(passed()).toEqual(bytes);
});
