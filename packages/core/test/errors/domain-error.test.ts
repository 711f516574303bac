import * as core from "@tidemark/core";

function secondCopy(): typeof core {
  let copy: typeof core | undefined;
  jest.isolateModules(() => {
    copy = require("@tidemark/core");
  });
  return copy!;
}

describe("errors", () => {
  const details = { stream: "account-1", expected: 4, actual: 6 };

  it("carry a code, details and the name of their class", () => {
    const error = new core.ExpectedVersionError(details);
    expect(error).toMatchObject({
      name: "ExpectedVersionError",
      code: "EXPECTED_VERSION_MISMATCH",
      details,
      ...details,
    });
    expect(error.message).toBe('Cannot append to stream "account-1": expected version 4, but its version is 6');
  });

  it("are recognised across two copies of the package", () => {
    const other = secondCopy();
    expect(other.ExpectedVersionError).not.toBe(core.ExpectedVersionError);
    const error = new other.ExpectedVersionError(details);
    expect(error instanceof core.ExpectedVersionError).toBe(true);
    expect(error instanceof core.DomainError).toBe(true);
    expect(error instanceof core.ValidationError).toBe(false);
    expect(new core.ValidationError({ a: ["b"] }) instanceof other.ValidationError).toBe(true);
  });

  it("do not recognise what only looks like one", () => {
    for (const value of [null, undefined, "text", new Error("x"), { code: "VALIDATION_FAILED", messages: {} }]) {
      expect(value instanceof core.DomainError).toBe(false);
      expect(value instanceof core.ValidationError).toBe(false);
    }
  });

  it("distinguish the subclasses of a user", () => {
    class OverdrawnError extends core.ValidationError {}
    const overdrawn = new OverdrawnError({ balance: ["negative"] });
    expect([overdrawn instanceof OverdrawnError, overdrawn instanceof core.ValidationError]).toEqual([true, true]);
    expect(new core.ValidationError({ a: ["b"] }) instanceof OverdrawnError).toBe(false);
  });

  it("keep the cause of a store's failure", () => {
    const cause = new Error("ENOSPC");
    const failure = { attempted: "Cannot write to", store: 'SQLite file "a.db"', reason: "the disk is full" };
    const error = new core.StoreUnavailableError(failure, cause);
    expect(error.message).toBe('Cannot write to SQLite file "a.db": the disk is full');
    expect(error.cause).toBe(cause);
  });
});
