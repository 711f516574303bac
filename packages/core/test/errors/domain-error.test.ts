import { join } from "node:path";
import { inspect } from "node:util";

import * as core from "@tidemark/core";
import { buildSync } from "esbuild";

function secondCopy(): typeof core {
  let copy: typeof core | undefined;
  jest.isolateModules(() => {
    copy = require("@tidemark/core");
  });
  return copy!;
}

/** The package as it is in the bundle of an application. */
function minified(): typeof core {
  const { outputFiles } = buildSync({
    entryPoints: [join(__dirname, "../../src/index.ts")],
    bundle: true,
    packages: "external",
    platform: "node",
    format: "cjs",
    minify: true,
    write: false,
  });
  const module = { exports: {} as typeof core };
  new Function("module", "exports", "require", outputFiles[0]!.text)(module, module.exports, require);
  return module.exports;
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

  it.each([
    [new core.ValidationError({ amount: ["too much"] }), 422],
    [new core.ObjectNotFoundError({ aggregate: "Account", id: "1" }), 404],
    [new core.ExpectedVersionError(details), 409],
    [new core.UniqueViolationError({ table: "seats", columns: ["hall", "number"] }), 409],
    [new core.OperationConflictError({ subject: "a checkpoint", expected: "1", actual: "2" }), 409],
    [new core.DuplicateCommandError({ command: "A", idempotencyKey: "k", first: "B" }), 409],
    [new core.StoreUnavailableError({ attempted: "Cannot open", store: "a", reason: "b" }), 503],
    [new core.CommandAbortedError({ command: "A" }, new Error("gone")), 503],
    [new core.DeadlineExceededError({ command: "A", limit: "its 5 ms" }), 504],
    [new core.IncorrectUsageError("wrong"), 500],
    [new core.ConfigurationError("wrong"), 500],
    [new core.DeserializationError({ stream: "a-1", position: 0, reason: "torn" }), 500],
    [new core.UnknownEventError({ type: "A.B.v1", stream: "a-1", position: 0, aggregate: "A" }), 500],
  ])("have an HTTP status: %p", (error, status) => {
    expect(error.statusCode).toBe(status);
    expect(Object.keys(error)).not.toContain("statusCode");
  });

  it("have the status that a subclass gives them", () => {
    class PaymentRequired extends core.ValidationError {
      override readonly statusCode = 402;
    }
    class Overdrawn extends core.ValidationError {}
    expect([new PaymentRequired({}).statusCode, new Overdrawn({}).statusCode]).toEqual([402, 422]);
  });

  describe("printed by Node", () => {
    const shown = (error: Error) => inspect(Object.assign(error, { stack: `${error.name}: ${error.message}` }));

    it("show the messages of a ValidationError once", () => {
      const error = new core.ValidationError({ amount: ["must be positive"], lines: ["is empty"] }, "OrderPlaced");
      expect(shown(error)).toBe(
        "[ValidationError: OrderPlaced is not valid: amount: must be positive; lines: is empty] {\n  code: 'VALIDATION_FAILED'\n}",
      );
    });

    it("show where they were made", () => {
      const error = new core.IncorrectUsageError("wrong");
      const [, made = ""] = error.stack?.split("\n") ?? [];
      expect(made).toContain("domain-error.test.ts");
      expect(inspect(error)).toContain(`IncorrectUsageError: wrong\n${made}`);
    });

    it("show each detail once, and the cause", () => {
      const conflict = shown(new core.ExpectedVersionError(details));
      expect(conflict).toContain(
        "{\n  code: 'EXPECTED_VERSION_MISMATCH',\n  stream: 'account-1',\n  expected: 4,\n  actual: 6\n}",
      );
      const failure = { attempted: "Cannot open", store: "a", reason: "b" };
      const unavailable = shown(new core.StoreUnavailableError(failure, new Error("ENOSPC")));
      expect(unavailable).toContain("details: { attempted: 'Cannot open', store: 'a', reason: 'b' }");
      expect(unavailable).toContain("[cause]: Error: ENOSPC");
    });

    it("show what a subclass adds", () => {
      class Overdrawn extends core.ValidationError {
        readonly by = 5;
      }
      expect(shown(new Overdrawn({ balance: ["is negative"] }))).toContain("by: 5");
    });
  });

  it("keep their names where classes lose them, in minified code", () => {
    const bundled = minified();
    const errorClasses = Object.entries(bundled).filter(([name]) => name.endsWith("Error"));
    expect(errorClasses.length).toBeGreaterThan(10);
    for (const [name, errorClass] of errorClasses as [string, { readonly name: string }][]) {
      const error = Reflect.construct(bundled.DomainError, ["text", { code: "X" }], errorClass as never);
      expect([name, error.name, errorClass.name.length < 4]).toEqual([name, name, true]);
    }
    expect(String(new bundled.ValidationError({ a: ["b"] }))).toBe("ValidationError: a: b");
    class OverdrawnError extends bundled.ValidationError {}
    expect(new OverdrawnError({ balance: ["negative"] }).name).toBe("OverdrawnError");
  });
});
