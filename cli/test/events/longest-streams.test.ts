import { LongestStreams } from "../../src/events/longest-streams";

it("finds the longest streams, whatever order their events come in between each other", () => {
  const lengths = { a: 3, b: 7, c: 1, d: 5, e: 6 };
  const longest = new LongestStreams(3);
  for (let position = 0; position < 7; position++) {
    for (const [stream, length] of Object.entries(lengths)) if (position < length) longest.add(stream, position);
  }
  expect(longest.list()).toEqual([
    { stream: "b", events: 7 },
    { stream: "e", events: 6 },
    { stream: "d", events: 5 },
  ]);
});

it("finds them when one stream follows the other", () => {
  const longest = new LongestStreams(2);
  for (const [stream, length] of Object.entries({ a: 4, b: 1, c: 2, d: 4, e: 3 })) {
    for (let position = 0; position < length; position++) longest.add(stream, position);
  }
  expect(longest.list()).toEqual([
    { stream: "a", events: 4 },
    { stream: "d", events: 4 },
  ]);
});

it("lists all where there are few", () => {
  const longest = new LongestStreams(5);
  longest.add("a", 0);
  expect(longest.list()).toEqual([{ stream: "a", events: 1 }]);
});
