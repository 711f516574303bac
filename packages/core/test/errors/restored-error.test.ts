import { restoredError } from "../../src/errors/domain-error";
import { DomainError, ValidationError } from "../../src/index";

describe("an error that was stored", () => {
  it("of this package is an instance of its class again, with its fields and its HTTP status", () => {
    const { name, code, message, details } = new ValidationError({ amount: ["too much"] }, "Pay");
    const stored = JSON.parse(JSON.stringify({ name, code, message, details }));
    const error = restoredError(stored);
    expect(error).toBeInstanceOf(ValidationError);
    expect(error).toMatchObject({ name, code, message, details, messages: { amount: ["too much"] }, statusCode: 422 });
  });

  it("of an application is a DomainError with the name of its class", () => {
    const error = restoredError({
      name: "TillClosedError",
      code: "TILL_CLOSED",
      message: "it is closed",
      details: { till: "a" },
    });
    expect(error).toBeInstanceOf(DomainError);
    expect(error.constructor).toBe(DomainError);
    expect(error).toMatchObject({ name: "TillClosedError", details: { till: "a" } });
    expect(error).not.toHaveProperty("till");
  });
});
