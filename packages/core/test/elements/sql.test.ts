import { Decimal, sql } from "../../src/index";

describe("sql", () => {
  it("binds every value and writes none into the text", () => {
    const name = "Robert'); drop table accounts; --";
    const at = new Date(5);
    const bytes = new Uint8Array([1]);
    const statement = sql`insert into people values (${name}, ${5}, ${5n}, ${true}, ${at}, ${bytes}, ${null})`;
    expect(statement.texts).toEqual(["insert into people values (", ", ", ", ", ", ", ", ", ", ", ", ", ")"]);
    expect(statement.values).toEqual([name, 5, 5n, true, at, bytes, null]);
  });

  it("binds a Decimal as its digits", () => {
    expect(sql`select ${new Decimal("12.50")}, ${new Decimal("1e21")}`.values).toEqual([
      "12.5",
      "1000000000000000000000",
    ]);
  });

  it("puts statements and names into a statement", () => {
    const active = sql`status = ${"ACTIVE"} and balance > ${10}`;
    const statement = sql`select * from ${sql.identifier('odd"name')} where ${active} limit ${5}`;
    expect(statement.texts).toEqual(['select * from "odd""name" where status = ', " and balance > ", " limit ", ""]);
    expect(statement.values).toEqual(["ACTIVE", 10, 5]);
    expect(sql`${sql`select 1`}`).toEqual({ texts: ["select 1"], values: [] });
  });

  it("is frozen, and keeps a date as it was", () => {
    const at = new Date(5);
    const statement = sql`select ${at}`;
    at.setTime(7);
    expect(statement.values).toEqual([new Date(5)]);
    expect([statement, statement.texts, statement.values].map(Object.isFrozen)).toEqual([true, true, true]);
  });

  it.each<[unknown, string]>([
    [undefined, "undefined"],
    [{ amount: 5 }, "a plain object"],
    [["a"], "an array"],
    [Number.NaN, "NaN"],
    [new Date(Number.NaN), "an instance of Date"],
    [() => 5, "a function"],
    [{ texts: ["drop table accounts"], values: [] }, "a plain object"],
  ])("refuses to bind %p", (value, found) => {
    expect(() => sql`select ${1}, ${value as never}`).toThrow(
      `Cannot bind value 2 of an SQL statement: expected a string, number, bigint, boolean, Date, Uint8Array, Decimal or null, found ${found}`,
    );
  });

  it.each([[""], ["a\0b"], [5 as never]])("refuses %j as a name", (name) => {
    expect(() => sql.identifier(name)).toThrow("sql.identifier() takes the name of a table or a column, not");
  });
});
