import { alternatives, withArticle } from "../../src/wording/alternatives";

describe("withArticle", () => {
  it.each([
    ["event", "an event"],
    ["value object", "a value object"],
    ["upcaster", "an upcaster"],
  ])("puts the article before %j", (noun, expected) => {
    expect(withArticle(noun)).toBe(expected);
  });
});

describe("alternatives", () => {
  it.each([
    [[], ""],
    [["an event"], "an event"],
    [["an event", "a command"], "an event or a command"],
    [["an event", "a command", "an entity"], "an event, a command or an entity"],
  ])("joins %j", (words, expected) => {
    expect(alternatives(words)).toBe(expected);
  });
});
