import { runInNewContext } from "node:vm";

import { inWords, nameAndId, pathInWords, quoted, reasonOf, typeInWords } from "../../src/wording/in-words";

class Money {}
class Account {
  readonly id = 'a-"1"';
}

describe("a value in words", () => {
  it.each<[unknown, string]>([
    ["50", '"50"'],
    ['a "b"', '"a \\"b\\""'],
    ["x".repeat(61), `"${"x".repeat(60)}…"`],
    [-1, "-1"],
    [5n, "5"],
    [true, "true"],
    [undefined, "undefined"],
    [null, "null"],
    [Symbol("a"), "Symbol(a)"],
    [[1, 2], "an array"],
    [{ password: "hunter2" }, "a plain object"],
    [Object.create(null), "a plain object"],
    [new Money(), "an instance of Money"],
    [new Date(0), "an instance of Date"],
    [Promise.resolve("hunter2"), "a promise"],
    [Money, "the class Money"],
    [class {}, "the class without a name"],
    [() => Money, "a function"],
    [{ constructor: "Money" }, "a plain object"],
    [runInNewContext("({ a: 1 })"), "a plain object"],
    [new (class {})(), "an instance of a class without a name"],
  ])("%p is %s", (value, words) => {
    expect(inWords(value)).toBe(words);
  });
});

it.each<[unknown, string]>([
  ["50", "string"],
  [5n, "bigint"],
  [undefined, "undefined"],
  [null, "null"],
  [Money, "function"],
  [[1], "array"],
  [{ a: 1 }, "object"],
  [Object.create(null), "object"],
  [new Money(), "Money"],
  [new (class {})(), "object"],
])("the type of %p is %s", (value, words) => {
  expect(typeInWords(value)).toBe(words);
});

it("an object with an identity is its class and its id", () => {
  expect(nameAndId(new Account())).toBe('Account "a-\\"1\\""');
});

it.each<[(string | number)[], string]>([
  [["snapshots", "on", 0], "snapshots.on[0]"],
  [["snapshots", "aggregates", "My Account", "keep"], 'snapshots.aggregates."My Account".keep'],
  [["äpfel"], '"äpfel"'],
])("the path %j is %s", (path, words) => {
  expect(pathInWords(path)).toBe(words);
});

it("texts are listed in quotes", () => {
  expect([quoted([]), quoted(["A"]), quoted(["A", 'B "C"'])]).toEqual(["", '"A"', '"A", "B \\"C\\""']);
});

it("the reason of a failure is its message, or the thrown value", () => {
  expect([reasonOf(new TypeError("no")), reasonOf("gone"), reasonOf(undefined)]).toEqual(["no", "gone", "undefined"]);
});
