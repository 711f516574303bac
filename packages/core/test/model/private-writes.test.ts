import { transformSync as swc } from "@swc/core";
import { transformSync as esbuild } from "esbuild";
import ts from "typescript";

import { writtenPrivateField } from "../../src/model/private-writes";

/** How the method `fold` of a class reads after each compiler, as it is or for a version without private fields. */
const COMPILERS: Readonly<Record<string, (source: string) => string>> = {
  "no compiler": (source) => source,
  "TypeScript for ES2020": (source) =>
    ts.transpile(source, { target: ts.ScriptTarget.ES2020, module: ts.ModuleKind.CommonJS }),
  "esbuild for ES2020": (source) => esbuild(source, { target: "es2020" }).code,
  "swc for ES2020": (source) =>
    swc(source, { jsc: { target: "es2020", parser: { syntax: "ecmascript" } }, isModule: false }).code,
};

function fold(body: string, compile: (source: string) => string): unknown {
  const fields = "#count = 0; #list = []; #map = new Map(); #nested = { a: 1 };";
  const source = `var Till = class Till { ${fields} total() { return this.#count + this.#map.size + this.#nested.a; } #sum() { return 1; } fold() { ${body}\n} }`;
  return new Function(`${compile(source)}; return Till;`)().prototype.fold;
}

describe.each(Object.entries(COMPILERS))("a private field, by %s,", (_, compile) => {
  it.each([
    ["this.#count = 1;", "#count"],
    ["this.#count += 1;", "#count"],
    ["this.#count++;", "#count"],
    ["--this.#count;", "#count"],
    ["this.#count ??= 5;", "#count"],
    ["this.#list.push(1);", "#list"],
    ["if (this.#count === 0) this.#map.set(1, 2);", "#map"],
  ])("is found where %s", (body, field) => {
    expect(writtenPrivateField(fold(body, compile), "Till")).toBe(field);
  });

  it.each([
    "this.count = this.#count;",
    "if (this.#count === 1) this.count = 1;",
    "this.count = this.#count >= 1 ? this.#sum() : this.#map.get(1);",
    "this.list = this.#list.map((each) => each);",
    "/* this.#count = 1; */ // this.#count++;",
    "const double = (value = this.#count) => 2 * value; this.count = double();",
  ])("is not found where %s", (body) => {
    expect(writtenPrivateField(fold(body, compile), "Till")).toBeUndefined();
  });
});

it("is found in a part of it that is written", () => {
  expect(
    writtenPrivateField(
      fold("this.#nested.a = 2;", (source) => source),
      "Till",
    ),
  ).toBe("#nested");
  expect(
    writtenPrivateField(
      fold("this.#list[0] = 2;", (source) => source),
      "Till",
    ),
  ).toBe("#list");
});

it("is not looked for in what is no method", () => {
  expect(writtenPrivateField(undefined, "Till")).toBeUndefined();
});
