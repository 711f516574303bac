import { RecentValues } from "@tidemark/core/adapter";

describe("RecentValues", () => {
  it("makes a value once for its key", () => {
    const values = new RecentValues<string>(2);
    expect(values.get("a", () => "first")).toBe("first");
    expect(values.get("a", () => "second")).toBe("first");
  });

  it("gives up the value that was not used for the longest time, before it makes another", () => {
    const given: string[] = [];
    const values = new RecentValues<string>(2, (value) => given.push(value));
    for (const key of ["a", "b", "a"]) values.get(key, () => key);
    values.get("c", () => {
      expect(given).toEqual(["b"]);
      return "c";
    });
    expect(values.get("a", () => "made anew")).toBe("a");
    expect(values.get("b", () => "made anew")).toBe("made anew");
    expect(given).toEqual(["b", "c"]);
  });
});
