import { StoreUnavailableError } from "@tidemark/core";

import { storeError } from "../src/database-errors";
import { NoDriver } from "../src/drivers/choose-driver";

const described = (error: unknown) => storeError(error, "Cannot open", 'SQLite file "bank.db"');

describe("storeError", () => {
  it("says what to do where no driver can be loaded", () => {
    const cause = new Error("Could not locate the bindings file");
    const error = described(new NoDriver("better-sqlite3 has no binary; run npm rebuild better-sqlite3", { cause }));
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error).toMatchObject({
      message: 'Cannot open SQLite file "bank.db": better-sqlite3 has no binary; run npm rebuild better-sqlite3',
      cause,
    });
  });

  it("leaves a program's own faults as they are", () => {
    const fault = new TypeError("x is not a function");
    expect(described(fault)).toBe(fault);
  });
});
