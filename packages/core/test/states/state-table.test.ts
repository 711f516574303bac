import { z } from "zod";

import { Aggregate, Domain } from "../../src/index";
import type { Class } from "../../src/metadata/class-types";
import { domainModel } from "../../src/model/domain-model";
import type { Registry } from "../../src/model/registry";
import type { Row } from "../../src/ports/table";
import { StateTable } from "../../src/states/state-table";

function tableOf(fields: Parameters<typeof Aggregate>[0], options: { readonly schemaVersion?: number } = {}) {
  const domain = new Domain("shop");
  @domain.aggregate({ stored: "state", ...options })
  class Customer extends Aggregate(fields) {}
  const { registry } = domain as unknown as { readonly registry: Registry };
  const model = domainModel("shop", registry, () => []).aggregates.get(Customer as unknown as Class);
  if (model === undefined) throw new Error("the domain has no such aggregate");
  return { Customer, rows: new StateTable(model) };
}

const FIELDS = {
  firstName: z.string().default("?"),
  nick: z.string().optional(),
  born: z.date().nullish(),
  tags: z.array(z.string()).default(["new"]),
};

const stateOf = (rows: StateTable, row: Row) => ({ ...(rows.aggregateOf(row) as object) });

describe("the table of an aggregate class", () => {
  it("has a column for each field, and the version last", () => {
    const { table, view } = tableOf(FIELDS, { schemaVersion: 3 }).rows;
    expect(table.name).toBe("shop_customer_v3");
    expect(table.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      ...["id text", "first_name text", "nick text", "born time", "tags json", "_absent json", "_version integer"],
    ]);
    expect([view.name, view.columns]).toEqual(["shop_customer", ["id", "first_name", "nick", "born", "tags"]]);
  });

  it("makes rows of aggregates, and aggregates of rows", () => {
    const { rows, Customer } = tableOf(FIELDS);
    const customer = Object.assign(Customer.createNew({ id: "c" }), { firstName: "Ann", tags: ["a"] });
    const row = rows.rowOf(customer, 4);
    expect(row).toEqual(["c", "Ann", null, null, '["a"]', '["born"]', 4]);
    const loaded = rows.aggregateOf(row);
    expect([loaded.id, loaded.version, { ...loaded }]).toEqual(["c", 4, { ...customer }]);
  });

  it("gives fields that a row knows nothing of their defaults", () => {
    const { rows } = tableOf(FIELDS);
    expect(stateOf(rows, ["c", null, null, null, null, null, 0])).toEqual({
      ...{ firstName: "?", nick: undefined, born: null, tags: ["new"] },
    });
  });

  it("refuses a row that was moved on to a later schema version", () => {
    const { rows } = tableOf(FIELDS);
    expect(() => rows.aggregateOf(["c", "Ann", null, null, "[]", null, -6])).toThrow(
      'Cannot load Customer "c": its row was moved on from schema version 1 by a later release; run that release',
    );
  });

  it("tells rows with another state from rows that a store writes otherwise", () => {
    const { rows } = tableOf({ notes: z.record(z.string(), z.number()), size: z.number() });
    const row: Row = ["c", '{"a":1,"b":2}', 1, 0];
    expect(rows.holdSame(row, ["c", '{"b": 2, "a": 1}', 1, 7])).toBe(true);
    expect(rows.holdSame(row, ["c", '{"a":1,"b":3}', 1, 0])).toBe(false);
    expect(rows.holdSame(row, ["c", '{"a":1,"b":2}', 2, 0])).toBe(false);
    expect(rows.holdSame(row, ["c", null, 1, 0])).toBe(false);
  });

  it("knows whether its values have parts", () => {
    expect(tableOf({ size: z.number(), name: z.string() }).rows.isFlat).toBe(true);
    expect([tableOf({ at: z.date() }).rows.isFlat, tableOf(FIELDS).rows.isFlat]).toEqual([false, false]);
  });
});
