import fc from "fast-check";

import { messagesOf } from "../src/message-writer";
import type { Call, Parameter } from "../src/work";

/** The messages of a buffer: the kind of each and what it holds. */
function messagesIn(buffer: Buffer): readonly (readonly [string, Buffer])[] {
  const messages: [string, Buffer][] = [];
  for (let at = 0; at < buffer.length; ) {
    const end = at + 1 + buffer.readInt32BE(at + 1);
    messages.push([buffer.toString("latin1", at, at + 1), buffer.subarray(at + 5, end)]);
    at = end;
  }
  return messages;
}

/** What a bind message says: the statement, and how each value came and what its bytes are. */
function boundIn(body: Buffer): {
  readonly name: string;
  readonly values: readonly (readonly [number, Buffer | null])[];
} {
  const end = body.indexOf(0, 1);
  let at = end + 1;
  const short = () => {
    at += 2;
    return body.readInt16BE(at - 2);
  };
  const formats = Array.from({ length: short() }, short);
  const values = Array.from({ length: short() }, (_, index) => {
    const length = body.readInt32BE(at);
    at += 4 + Math.max(length, 0);
    return [formats[index]!, length === -1 ? null : body.subarray(at - length, at)] as const;
  });
  expect([body[0], short(), short(), at]).toEqual([0, 1, 0, body.length]);
  return { name: body.toString("utf8", 1, end), values };
}

const sent = (value: Parameter) => {
  if (value === null) return [0, null];
  return typeof value === "object" ? [1, value] : [0, Buffer.from(String(value))];
};

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.nat(2_000).map((length) => "ä".repeat(length)),
  fc.nat(40).map((length) => "a".repeat(length)),
);
const value: fc.Arbitrary<Parameter> = fc.oneof(
  text,
  fc.constant(null),
  fc.double({ noNaN: true }),
  fc.maxSafeInteger(),
  fc.uint8Array({ maxLength: 50 }).map((bytes) => Buffer.from(bytes)),
);
const call: fc.Arbitrary<Call> = fc
  .tuple(fc.stringMatching(/^[a-zä_]{0,30}$/), fc.array(value, { maxLength: 300 }))
  .map(([name, values]) => ({ statement: { name, text: "" }, values }));

it("binds every value as it is, executes each statement, and ends where it is to", () => {
  const property = fc.property(fc.array(call, { minLength: 1, maxLength: 4 }), fc.boolean(), (calls, isEnd) => {
    const messages = messagesIn(messagesOf(calls, { isEnd }));
    expect(messages.map(([kind]) => kind).join("")).toBe(`${"BE".repeat(calls.length)}${isEnd ? "S" : ""}`);
    for (const [index, { statement, values }] of calls.entries()) {
      const [, bind] = messages[2 * index]!;
      expect(boundIn(bind)).toEqual({ name: statement.name, values: values.map(sent) });
      expect(messages[2 * index + 1]![1]).toEqual(Buffer.alloc(5));
    }
  });
  fc.assert(property, { numRuns: 300 });
});
