import { SortedStreams } from "../../../src/ports/memory/sorted-streams";

describe("SortedStreams", () => {
  it("lists names in order through additions and deletions", () => {
    const streams = new SortedStreams<number>();
    for (const [index, name] of ["c", "a", "b"].entries()) streams.set(name, index);
    expect(streams.list({ limit: 9 })).toEqual(["a", "b", "c"]);
    streams.delete("b");
    streams.set("aa", 4);
    streams.set("a", 5);
    expect(streams.list({ limit: 9 })).toEqual(["a", "aa", "c"]);
    expect(streams.list({ after: "a", limit: 1 })).toEqual(["aa"]);
    streams.set("b", 6);
    expect(streams.list({ limit: 9 })).toEqual(["a", "aa", "b", "c"]);
    expect([streams.get("a"), streams.get("b"), streams.get("z")]).toEqual([5, 6, undefined]);
  });

  it("takes the names of an object's own machinery", () => {
    const streams = new SortedStreams<number>();
    expect(streams.get("__proto__")).toBeUndefined();
    streams.set("__proto__", 1);
    streams.set("constructor", 2);
    expect(streams.list({ limit: 9 })).toEqual(["__proto__", "constructor"]);
  });
});
