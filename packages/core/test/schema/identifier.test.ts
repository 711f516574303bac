import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { firstIdentifier, identifierFault } from "../../src/schema/identifier";

describe("identifierFault", () => {
  it("finds nothing wrong with valid Unicode of 1 to 255 characters", () => {
    for (const id of ["7", " ", "a-b::c/..", "__proto__", "\n", "\u{1f600}".repeat(255), "x".repeat(255)]) {
      expect(identifierFault(id)).toBeUndefined();
    }
  });

  it("says what is wrong with any other value", () => {
    expect(identifierFault("")).toBe("an id has at least 1 character");
    expect(identifierFault("x".repeat(256))).toBe("an id has at most 255 characters, this one has 256");
    expect(identifierFault("a\0")).toBe("an id contains no NUL");
    expect(identifierFault("a\udc00")).toBe("an id is valid Unicode, this one has a lone surrogate");
    expect(identifierFault(7)).toBe("an id is a string, not number");
    expect(identifierFault(null)).toBe("an id is a string, not null");
  });
});

describe("identifier", () => {
  it("is a zod shape with the same rules", () => {
    expect(identifier().parse("a-1")).toBe("a-1");
    expect(
      identifier()
        .safeParse("")
        .error?.issues.map(({ message }) => message),
    ).toEqual(["an id has at least 1 character"]);
    expect(identifier().safeParse(7).success).toBe(false);
  });
});

/** True where `firstIdentifier` takes the field for an id. */
const isIdentifier = (field: z.ZodType) => {
  class Named extends DomainEvent({ field }) {}
  return firstIdentifier(Object.assign(Object.create(Named.prototype), { field: "a-1" })) === "a-1";
};

describe("a field of an event", () => {
  it("is recognised as an id where identifier() made it, further checked, described and wrapped", () => {
    const fields = [
      identifier(),
      identifier().min(3),
      identifier().describe("of the account"),
      identifier().brand("AccountId"),
      identifier().optional(),
      identifier().nullable().default(null),
    ];
    expect(fields.map(isIdentifier)).toEqual(fields.map(() => true));
  });

  it("is recognised as an id in no other case", () => {
    const fields = [z.string(), z.uuid(), z.number().optional(), z.array(identifier()), z.object({ id: identifier() })];
    expect(fields.map(isIdentifier)).toEqual(fields.map(() => false));
  });
});

class Moved extends DomainEvent({
  note: z.string(),
  from: identifier().optional(),
  to: identifier(),
}) {}

describe("firstIdentifier", () => {
  it("is the value of the first identifier that is declared and there", () => {
    expect(firstIdentifier(new Moved({ note: "n", to: "b", from: "a" }))).toBe("a");
    expect(firstIdentifier(new Moved({ note: "n", to: "b" }))).toBe("b");
  });

  it("is undefined where none is declared, and for an object without shape", () => {
    class Noted extends DomainEvent({ note: z.string() }) {}
    expect(firstIdentifier(new Noted({ note: "n" }))).toBeUndefined();
    expect(firstIdentifier({ id: "a" })).toBeUndefined();
  });
});
