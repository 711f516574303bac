import { parse, stringify } from "@iarna/toml";
import fc from "fast-check";

import { KeyLines } from "../../src/config/key-lines";
import { inWords, type SettingPath } from "../../src/config/setting-path";

const keysOf = (text: string) => new KeyLines(text).keys.map(({ path, line }) => `${line}: ${inWords(path)}`);

describe("the lines of keys", () => {
  it.each<[string, string, string[]]>([
    ["tables", "a = 1\n\n[b]\nc = 2\n[d.e]\nf = 3\n", ["1: a", "3: b", "4: b.c", "5: d.e", "6: d.e.f"]],
    ["dotted keys, with spaces", "a . b.c = 1\n[ d . e ] # x\n", ["1: a.b.c", "2: d.e"]],
    ["quoted keys", `"a b" = 1\n'c.d' = 2\n"\\u0065\\"" = 3\n`, ['1: "a b"', '2: "c.d"', '3: "e\\""']],
    ["inline tables", "a = { b = 1, c = { d = [2, 3] } }\ne = {}\n", ["1: a", "1: a.b", "1: a.c", "1: a.c.d", "2: e"]],
    ["arrays over several lines", "a = [ # [x]\n  1, # b = 2\n  [2,\n3], ]\nc = 3\n", ["1: a", "5: c"]],
    [
      "arrays of tables",
      "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n[[a.e]]\nf = 4\n",
      ["1: a[0]", "2: a[0].b", "3: a[1]", "4: a[1].b", "5: a[1].c", "6: a[1].c.d", "7: a[1].e[0]", "8: a[1].e[0].f"],
    ],
    [
      "texts over several lines",
      'a = """\nx = 1\n[y]\n\\"""\n"""\nb = \'\'\'\nz = 1\n\'\'\'\nc = 1\n',
      ["1: a", "6: b", "9: c"],
    ],
    [
      "texts that end in quotes",
      `a = """""x"""""\nb = '''''x'''''\nc = ""\nd = ''\ne = 1\n`,
      ["1: a", "2: b", "3: c", "4: d", "5: e"],
    ],
    ["texts with signs of TOML", 'a = "# [x] = {"\nb = \'"\'\nc = "\\\\"\nd = 1', ["1: a", "2: b", "3: c", "4: d"]],
    ["dates, numbers, booleans", "a = 1979-05-27 07:32:00Z # x\nb = +1_0.5e-3\nc = true\n", ["1: a", "2: b", "3: c"]],
  ])("are found among %s", (_what, text, expected) => {
    expect(() => parse(text)).not.toThrow();
    expect(keysOf(text)).toEqual(expected);
    expect(new KeyLines(text).end).toBe(text.length);
  });

  it("are those of the innermost table that is written, where the key is not", () => {
    const lines = new KeyLines("\n[a.b]\nc = 1\n[a]\nd = 2\n");
    const lineOf = (...path: SettingPath) => lines.lineOf(path);
    expect([lineOf("a", "b", "c"), lineOf("a", "b", "x"), lineOf("a"), lineOf("a", "x"), lineOf("x")]).toEqual([
      3, 2, 4, 4, 1,
    ]);
  });

  it.each([
    ["a key without value", "a = 1\nb\n[constructor]\nc = 1\n", 8],
    ["a text without end", 'a = "x\n[constructor]\n', 7],
    ["two values on a line", "a = [1] 2\n[constructor]\n", 10],
    ["arrays without end", `a = ${"[".repeat(200)}`, 204],
  ])("are not looked for after %s", (_what, text, end) => {
    const lines = new KeyLines(text);
    expect(lines.end).toBe(end);
    expect(lines.keys.map(({ path }) => path.join("."))).not.toContain("constructor");
  });

  it("cover every key that the parser finds", () => {
    const key = fc.oneof(
      fc.constantFrom("a", "b c", 'q"', "d.e", "f'", "é", "-"),
      fc.string({ minLength: 1, maxLength: 4 }),
    );
    const value = fc.oneof(
      fc.integer(),
      fc.boolean(),
      fc.string(),
      fc.constant('x\n[y]\n"z" = """'),
      fc.array(fc.string()),
    );
    const { table } = fc.letrec<{ table: object; item: unknown }>((tie) => ({
      table: fc.dictionary(key, tie("item"), { maxKeys: 4 }),
      item: fc.oneof(
        { depthSize: "small" },
        value,
        tie("table"),
        fc.array(tie("table"), { minLength: 1, maxLength: 2 }),
      ),
    }));
    fc.assert(
      fc.property(table, (settings) => {
        const text = stringify(settings as Parameters<typeof stringify>[0]);
        const written = new Set(new KeyLines(text).keys.flatMap(({ path }) => prefixesOf(path)));
        expect(pathsOf(parse(text), []).filter((path) => !written.has(JSON.stringify(path)))).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });
});

function prefixesOf(path: SettingPath): string[] {
  return path.map((_key, index) => JSON.stringify(path.slice(0, index + 1)));
}

function pathsOf(value: unknown, path: SettingPath): SettingPath[] {
  if (typeof value !== "object" || value === null) return [path];
  if (Array.isArray(value)) {
    const holdsTables = value.some((item) => typeof item === "object");
    return holdsTables ? value.flatMap((item, index) => pathsOf(item, [...path, index])) : [path];
  }
  return Object.entries(value).flatMap(([key, item]) => [[...path, key], ...pathsOf(item, [...path, key])]);
}
