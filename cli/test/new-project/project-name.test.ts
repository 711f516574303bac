import { parseProjectName } from "../../src/new-project/project-name";

const parse = (text: string) => parseProjectName(text, ["zod"]);

it.each([
  ["shop", "shop"],
  ["my-shop_2.0", "my-shop_2.0"],
  ["@acme/shop", "shop"],
])("takes %s", (text, base) => {
  expect(parse(text)).toEqual({ package: text, base });
});

const form = 'expected lower-case letters, digits, "-", "_" and ".", starting with a letter';

it.each([
  ["Shop", `${form}; did you mean "shop"?`],
  ["myShop", `${form}; did you mean "my-shop"?`],
  ["Zürich Bank!", `${form}; did you mean "zurich-bank"?`],
  ["../shop", `${form}; did you mean "shop"?`],
  ["7-eleven", `${form}; did you mean "eleven"?`],
  ["@acme/", `${form}; did you mean "acme"?`],
  [".shop", `${form}; did you mean "shop"?`],
  ["", form],
  ["日本", form],
  ["s".repeat(215), "it has 215 characters, npm allows 214"],
  ["http", "Node or npm already uses that name"],
  ["node_modules", "Node or npm already uses that name"],
  ["zod", "the project depends on a package with that name"],
])("refuses %j", (text, reason) => {
  expect(() => parse(text)).toThrow(`Cannot name a project ${JSON.stringify(text)}: ${reason}`);
});
