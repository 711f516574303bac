import { DomainEvent, identifier } from "@tidemark/core";
import { z } from "zod";

import { firstIdentifier } from "../../src/schema/first-identifier";

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
