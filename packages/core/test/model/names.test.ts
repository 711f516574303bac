import { categoryOf, namePrefixes, pascalCase, snakeCase, twinsOf } from "../../src/model/names";

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

it("the names of a domain start with its own", () => {
  expect(namePrefixes("my-shop")).toEqual({ types: "MyShop.", streams: "my_shop::" });
  expect(categoryOf("SavingsAccount", namePrefixes("my-shop"))).toBe("my_shop::savings_account");
});

it("twins are those that share a name", () => {
  const [first, second, third] = ["Account", "Till", "Account"].map((name) => ({ name }));
  expect([...twinsOf([first, second, third], (one) => one?.name ?? "")]).toEqual([["Account", [first, third]]]);
});
