import * as core from "@tidemark/core";

import { read } from "./pages";

/** The cells of a table under a heading, without its first two lines. */
function rows(page: string, heading: string): string[][] {
  const section = read(page).split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
  const lines = section.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll("`", "")),
  );
}

/** The error classes that the package exports, but for their root. */
const CLASSES = Object.entries(core).filter(
  ([name, value]) => typeof value === "function" && name.endsWith("Error") && value !== core.DomainError,
);

const codeIn = (name: string) => {
  const file = name.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
  return /code: "([A-Z_]+)"/.exec(read(`packages/core/src/errors/${file}.ts`))?.[1];
};

describe("the guides", () => {
  it("list every error class with its code and status", () => {
    const documented = rows("docs/guides/errors.md", "Error codes").map(([code, name, status]) => [name, code, status]);
    const declared = CLASSES.map(([name, type]) => {
      const { statusCode } = (type as { readonly prototype: core.DomainError }).prototype;
      return [name, codeIn(name), String(statusCode)];
    });
    expect(declared.length).toBeGreaterThan(10);
    expect(documented.sort()).toEqual(declared.sort());
  });

  it("list every code of domain.check()", () => {
    const source = read("packages/core/src/model/domain-problem.ts").split("interface")[0] as string;
    const declared = [...source.matchAll(/\| "([A-Z_]+)"/g)].map(([, code]) => code);
    expect(declared.length).toBeGreaterThan(10);
    const documented = rows("docs/guides/command-line.md", "domain check").flatMap(([codes = ""]) => codes.split(", "));
    expect(documented.sort()).toEqual(declared.sort());
  });
});
