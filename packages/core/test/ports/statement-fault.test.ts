import { failedStatement, type RunStatement, refuseTransactionControl } from "@tidemark/core/adapter";

const statement = (...texts: readonly string[]): RunStatement => ({
  kind: "runStatement",
  texts,
  values: texts.slice(1).map(() => "secret"),
});

describe("refuseTransactionControl", () => {
  it.each([
    "COMMIT",
    "  begin immediate",
    "-- a comment\nROLLBACK",
    "/* a\n comment */ SAVEPOINT a",
    "SET search_path = x",
    "pragma foreign_keys = off",
  ])("refuses %j", (text) => {
    expect(() => refuseTransactionControl(statement(text))).toThrow("would change the transaction or the connection");
  });

  it.each([
    "INSERT INTO settings VALUES (1)",
    "UPDATE a SET b = 1",
    "WITH committed AS (SELECT 1) SELECT * FROM committed",
    "/* COMMIT */ DELETE FROM a",
    "SETTLE",
  ])("leaves %j alone", (text) => {
    expect(() => refuseTransactionControl(statement(text))).not.toThrow();
  });
});

describe("failedStatement", () => {
  it("quotes the statement without its values, in one line", () => {
    const cause = new Error("syntax error");
    const error = failedStatement(statement("INSERT INTO a\n  VALUES (", ")"), "it has no table", cause);
    expect(error.message).toBe('Cannot run the statement "INSERT INTO a VALUES (?)": it has no table');
    expect(error).toMatchObject({ code: "INCORRECT_USAGE", cause });
  });

  it("shortens a long statement", () => {
    const { message } = failedStatement(statement("x".repeat(1_000)), "no");
    expect(message).toBe(`Cannot run the statement "${"x".repeat(200)}…": no`);
  });
});
