import { countingIds } from "@tidemark/testing";

describe("countingIds", () => {
  it("counts from 1, each generator for itself, with its prefix", () => {
    const ids = countingIds();
    const others = countingIds("event-");
    expect([ids.next(), others.next(), ids.next(), others.next()]).toEqual(["1", "event-1", "2", "event-2"]);
  });
});
