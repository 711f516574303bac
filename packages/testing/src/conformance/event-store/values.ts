import { deepEqual, equal, rejects } from "node:assert/strict";

import { testRunner } from "../test-runner";
import { collect, noted, numbers, ref } from "./sample-events";
import { MAX_EVENT_BYTES, type StoreUnderTest, storeOver } from "./store-under-test";

const EXACT: Readonly<Record<string, unknown>> = {
  "a negative zero": -0,
  "negative zeros inside": { list: [0, -0, [-0]], "-0": "-0" },
  "large and small numbers": [Number.MAX_VALUE, Number.MIN_VALUE, -Number.MAX_VALUE, 1e21, 1e-7, 5e-324],
  "whole numbers at the edge": [2 ** 53 - 1, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), 2 ** 63, 2 ** 64],
  fractions: [0.1 + 0.2, 1 / 3, 1.1, 100.0],
  "truth and nothing": [true, false, null],
  "texts that look like something else": [
    "1",
    "1.0",
    "true",
    "null",
    "NaN",
    "{}",
    "[]",
    "-0",
    "\\u0000-0",
    "2026-02-20",
  ],
  quotes: ["'", '"', "\\", "\\\\", '\\"', "`", "$1", "%s", "?", ":id", "--", '","x",{}'],
  controls: ["\n", "\r\n", "\t", "\b\f\v", "\u0001", "\u001f", "\u007f", "\u0085", "\u2028\u2029"],
  scripts: ["\u00e9", "e\u0301", "\u{1f600}", "\u05e9\u05dc", "\u202e", "\ufeff", "\uffff", "\ufffd", "\u{10ffff}"],
  "empty things": ["", [], {}, [[]], { "": "" }],
  "keys of every kind": {
    "": 0,
    " ": 1,
    "a.b": 2,
    $: 3,
    10: 4,
    9: 5,
    toString: 6,
    hasOwnProperty: 7,
    "\u{1f600}": 8,
    'a"b': 9,
  },
  "a deep value": nested(900),
  "a long text": "\u00e9x".repeat(50_000),
  "a long list": Array.from({ length: 20_000 }, (_, index) => index / 3),
};

const MEBIBYTE = 1024 * 1024;

class Money {
  constructor(readonly amount: number) {}
}

const REFUSED: Readonly<Record<string, unknown>> = {
  NaN: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  "negative infinity": Number.NEGATIVE_INFINITY,
  "a bigint": 1n,
  "a Map": new Map([["a", 1]]),
  "a Set": new Set([1]),
  "a Date": new Date(0),
  "a typed array": new Uint8Array(2),
  "an instance of a class": new Money(1),
  "a function": () => 1,
  "a symbol": Symbol("s"),
  "undefined in an array": [1, undefined, 2],
  "a hole in an array": Array(2),
  "NUL in a text": "a\0b",
  "a lone surrogate": "a\ud800b",
  "a lone low surrogate": "\udc00",
  "NUL in a key": { "a\0b": 1 },
  "a lone surrogate in a key": { "\udfff": 1 },
  "a symbol as key": { [Symbol("s")]: 1 },
  "the key __proto__": JSON.parse('{"__proto__":{"admin":true}}'),
  "the key constructor": JSON.parse('{"a":[{"constructor":1}]}'),
  "the key prototype": JSON.parse('{"a":{"b":{"prototype":null}}}'),
  "a circle": circle(),
  "a number in an object": Object(1),
  "a regular expression": /a/,
  "an error": new Error("e"),
  "an object that says how it is printed": { toJSON: () => 1 },
  "5,000 levels": nested(5_000),
};

export function values(at: StoreUnderTest): void {
  const { it } = testRunner();

  for (const [title, value] of Object.entries(EXACT)) {
    it(`gives back ${title} exactly, in data, in metadata and when folded`, async () => {
      await at.store.append([{ stream: "item-1", events: [noted(0, { data: { value }, metadata: { value } })] }]);
      const event = await at.store.readLast("item-1");
      deepEqual(event?.data, { value });
      deepEqual(event?.metadata, { value });
      equal(JSON.stringify(event?.data), JSON.stringify({ value }), "the order of keys");
      const { page } = await at.adapter.load({ ...ref("item-1"), limit: 10 });
      deepEqual(page.events[1], { value });
    });
  }

  it("refuses what cannot be given back exactly, and writes nothing", async () => {
    for (const [title, value] of Object.entries(REFUSED)) {
      for (const part of [{ data: { value } }, { metadata: { value } }, { data: { deep: [{ value }] } }]) {
        const append = at.store.append([{ stream: "item-1", events: [noted(0), noted(1, part)] }]);
        await rejects(append, { name: "ValidationError", code: "VALIDATION_FAILED" }, title);
      }
    }
    deepEqual(await collect(at.store.readAll()), []);
  });

  it("refuses data and metadata that are no plain objects", async () => {
    for (const value of [null, [], "text", 7, true, new Map(), new Money(1), new Date(0)] as never[]) {
      const append = (part: object) => at.store.append([{ stream: "item-1", events: [noted(0, part)] }]);
      await rejects(append({ data: value }), { code: "VALIDATION_FAILED" });
      await rejects(append({ metadata: value }), { code: "VALIDATION_FAILED" });
    }
    await rejects(at.store.append([{ stream: "item-1", events: [{ type: "A" } as never] }]), {
      code: "VALIDATION_FAILED",
    });
    deepEqual(await collect(at.store.readAll()), []);
  });

  it("leaves out a property that is undefined", async () => {
    await at.store.append([{ stream: "item-1", events: [noted(0, { data: { a: 1, b: undefined } })] }]);
    const event = await at.store.readLast("item-1");
    deepEqual(event?.data, { a: 1 });
  });

  it("keeps the times that a Date can hold, to the millisecond", async () => {
    const times = [0, 1, -1, 1_771_588_800_123, -62_135_596_800_000, 8.64e15, -8.64e15].map((time) => new Date(time));
    await at.store.append([{ stream: "item-1", events: times.map((time, n) => noted(n, { time })) }]);
    deepEqual(
      (await collect(at.store.read("item-1"))).map(({ time }) => time),
      times,
    );
  });

  it("refuses times that are no valid Date", async () => {
    for (const time of [new Date(Number.NaN), new Date(8.64e15 + 1), 0, "2026-02-20", null] as never[]) {
      const append = at.store.append([{ stream: "item-1", events: [noted(0, { time })] }]);
      await rejects(append, { code: "INCORRECT_USAGE" }, String(time));
    }
    deepEqual(await collect(at.store.readAll()), []);
  });

  it("keeps payloads of 1 MiB and of exactly the cap", async () => {
    for (const [n, bytes] of [MEBIBYTE, MAX_EVENT_BYTES].entries()) {
      const data = payloadOf(bytes);
      await at.store.append([{ stream: `item-${n}`, events: [noted(n, { data })] }]);
      const event = await at.store.readLast(`item-${n}`);
      equal(event?.data.text === data.text, true, `${bytes} bytes came back changed`);
    }
  });

  it("refuses payloads above the cap by their bytes of UTF-8, naming the setting", async () => {
    const wide = { text: "\u00e9".repeat(MAX_EVENT_BYTES / 2) };
    for (const data of [payloadOf(MAX_EVENT_BYTES + 1), payloadOf(64 * MEBIBYTE), wide]) {
      const append = at.store.append([{ stream: "item-1", events: [noted(0), noted(1, { data })] }]);
      await rejects(append, { code: "VALIDATION_FAILED", message: /max_event_bytes/ });
    }
    deepEqual(await numbers(at.store.readAll()), []);
  });

  if (at.conformance.sizes === "small") return;

  it("keeps a payload of 64 MiB where the cap allows it", async () => {
    const store = storeOver(at.adapter, 64 * MEBIBYTE);
    const data = payloadOf(64 * MEBIBYTE);
    await store.append([{ stream: "item-1", events: [noted(0, { data })] }]);
    const event = await store.readLast("item-1");
    equal(event?.data.text === data.text, true, "64 MiB came back changed");
  });
}

/** An object whose JSON takes exactly so many bytes. */
function payloadOf(bytes: number): { readonly text: string } {
  return { text: "x".repeat(bytes - '{"text":""}'.length) };
}

function nested(levels: number): unknown {
  let value: unknown = "bottom";
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? [value] : { value };
  return value;
}

function circle(): unknown {
  const round: { round?: unknown } = {};
  round.round = [round];
  return round;
}
