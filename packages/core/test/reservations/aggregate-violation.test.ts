import { OperationConflictError, UniqueViolationError } from "@tidemark/core";

import type { AggregateStorage } from "../../src/model/aggregate-storage";
import { aggregateViolation } from "../../src/reservations/aggregate-violation";

const storage: AggregateStorage = {
  stored: "state",
  truth: "state",
  keepEventsMs: undefined,
  indexes: [],
  unique: [["email"], ["country", "taxId"]],
  opening: undefined,
};
const saved = { model: { name: "Customer", storage }, table: "crm_customer_v1", ids: () => ["c-2"] };

describe("aggregateViolation", () => {
  it("names the aggregate and the fields in the place of table and columns", () => {
    const refusal = new UniqueViolationError({ table: "crm_customer_v1", columns: ["country", "tax_id"] });
    const violation = aggregateViolation(refusal, saved)!;
    expect(violation.details).toEqual({ aggregate: "Customer", fields: ["country", "taxId"], id: "c-2" });
    expect(violation.message).toBe(
      'Cannot save Customer "c-2": another Customer has the same country and taxId, which must be unique together',
    );
  });

  it("names no id where several rows were to be stored", () => {
    const refusal = new UniqueViolationError({ table: "crm_customer_v1", columns: ["email"] });
    const violation = aggregateViolation(refusal, { ...saved, ids: () => ["c-2", "c-3"] })!;
    expect(violation.details).toEqual({ aggregate: "Customer", fields: ["email"] });
    expect(violation.message).toBe(
      "Cannot save one of several instances of Customer: another Customer has the same email, which must be unique",
    );
  });

  it("leaves the error of the store out, which may hold the values", () => {
    const cause = Object.assign(new Error("duplicate key"), { detail: "Key (email)=(ann@x) already exists." });
    const refusal = new UniqueViolationError({ table: "crm_customer_v1", columns: ["email"] }, cause);
    expect(aggregateViolation(refusal, saved)!.cause).toBeUndefined();
  });

  it("does not translate the refusal of another table, nor another error", () => {
    const ofOtherTable = new UniqueViolationError({ table: "seats", columns: ["email"] });
    const conflict = new OperationConflictError({ subject: "row", expected: "none", actual: "one" });
    expect([aggregateViolation(ofOtherTable, saved), aggregateViolation(conflict, saved)]).toEqual([
      undefined,
      undefined,
    ]);
  });
});
