import { StoreUnavailableError } from "@tidemark/core";

import { storeError } from "../src/database-errors";

const described = (error: unknown) => storeError(error, "Cannot open", 'SQLite file "bank.db"');

describe("storeError", () => {
  it.each([
    new Error("Could not locate the bindings file. Tried:\n → /a/better_sqlite3.node\n → /b/better_sqlite3.node"),
    Object.assign(new Error("was compiled against a different Node.js version"), { code: "ERR_DLOPEN_FAILED" }),
  ])("says what to do where better-sqlite3 was not compiled: %s", (cause) => {
    const error = described(cause);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({
      message:
        'Cannot open SQLite file "bank.db": better-sqlite3 has no binary for this version of Node; ' +
        "allow its install script and run npm rebuild better-sqlite3",
      cause,
    });
  });

  it("leaves a program's own faults as they are", () => {
    const fault = new TypeError("x is not a function");
    expect(described(fault)).toBe(fault);
  });
});
