import { IncorrectUsageError } from "@tidemark/core";
import { isSnapshotCategory, parseStream, snapshotCategory } from "@tidemark/core/adapter";

import { categoryFault, streamOf } from "../../src/event-store/stream-names";

describe("parseStream", () => {
  it("splits a name at its first dash", () => {
    expect(parseStream("fidelis::account-7-a-")).toEqual({
      stream: "fidelis::account-7-a-",
      category: "fidelis::account",
      id: "7-a-",
    });
  });

  it("is the inverse of streamOf for any id", () => {
    for (const id of ["7", "-", "a-b", "::", "__proto__", "\u{1f600}"]) {
      const stream = streamOf("fidelis::account", id);
      expect(parseStream(stream.stream)).toEqual({ ...stream, id });
    }
  });

  it("refuses a name without category, without id or that is no string", () => {
    for (const name of ["", "account", "-7", "account-", 7, null, undefined, {}]) {
      expect(() => parseStream(name as string)).toThrow(IncorrectUsageError);
    }
  });

  it("quotes the name and says what is wrong with it", () => {
    expect(() => parseStream("account")).toThrow('"account" is not a stream: expected "<category>-<id>"');
    expect(() => parseStream("account-\ud800")).toThrow("an id is valid Unicode, this one has a lone surrogate");
  });

  it("cuts a very long name short in its message", () => {
    expect(() => parseStream(`account-${"x".repeat(10_000)}`)).toThrow(/^.{0,200}$/);
  });
});

describe("categories", () => {
  it("have a category of snapshots beside them", () => {
    expect(snapshotCategory("fidelis::account")).toBe("fidelis::account:snapshot");
    expect(isSnapshotCategory("fidelis::account:snapshot")).toBe(true);
    expect(isSnapshotCategory("fidelis::account")).toBe(false);
    expect(isSnapshotCategory("snapshot")).toBe(false);
  });

  it("hold no dash, no NUL and no lone surrogate", () => {
    expect(categoryFault("fidelis::account")).toBeUndefined();
    for (const category of ["", "a-b", "a\0", "\ud800", "x".repeat(256), 7, null]) {
      expect(categoryFault(category)).toEqual(expect.any(String));
    }
  });
});
