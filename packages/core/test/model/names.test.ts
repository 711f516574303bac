import { pascalCase, snakeCase } from "../../src/model/names";

describe("snakeCase", () => {
  it.each([
    ["Account", "account"],
    ["SavingsAccount", "savings_account"],
    ["HTTPServer", "http_server"],
    ["Order2Item", "order2_item"],
    ["my-shop", "my_shop"],
    ["  My  shop ", "my_shop"],
    ["ÜberKonto", "über_konto"],
    ["__", ""],
  ])("makes %j into %j", (name, expected) => {
    expect(snakeCase(name)).toBe(expected);
  });
});

describe("pascalCase", () => {
  it.each([
    ["fidelis", "Fidelis"],
    ["my-shop", "MyShop"],
    ["my_big shop", "MyBigShop"],
    ["HTTP", "HTTP"],
  ])("makes %j into %j", (name, expected) => {
    expect(pascalCase(name)).toBe(expected);
  });
});
