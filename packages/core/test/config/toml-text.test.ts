import { parse, stringify } from "@iarna/toml";
import fc from "fast-check";

import { isForbiddenKey, type SettingPath } from "../../src/config/setting-path";
import { TomlText } from "../../src/config/toml-text";
import { pathInWords } from "../../src/wording/in-words";

/** Every key that the text gives, with its line. */
function keysOf(text: string): string[] {
  const toml = new TomlText(text);
  expect(toml.faults).toEqual([]);
  return pathsOf(toml.settings, []).map((path) => `${toml.lineOf(path)}: ${pathInWords(path)}`);
}

/** Lists the path to each table, to each array and to each value that is not an item of a plain array. */
function pathsOf(value: unknown, path: SettingPath): SettingPath[] {
  const own = path.length === 0 ? [] : [path];
  if (typeof value !== "object" || value === null || value instanceof Date) return own;
  if (Array.isArray(value) && !value.some((item) => typeof item === "object")) return own;
  const parts = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...own, ...parts.flatMap(([key, item]) => pathsOf(item, [...path, key]))];
}

describe("the lines of keys", () => {
  it.each<[string, string, string[]]>([
    ["tables", "a = 1\n\n[b]\nc = 2\n[d.e]\nf = 3\n", ["1: a", "3: b", "4: b.c", "5: d", "5: d.e", "6: d.e.f"]],
    ["dotted keys, with spaces", "a . b.c = 1\n[ d . e ] # x\n", ["1: a", "1: a.b", "1: a.b.c", "2: d", "2: d.e"]],
    ["quoted keys", `"a b" = 1\n'c.d' = 2\n"\\u0065\\"" = 3\n`, ['1: "a b"', '2: "c.d"', '3: "e\\""']],
    ["inline tables", "a = { b = 1, c = { d = [2, 3] } }\ne = {}\n", ["1: a", "1: a.b", "1: a.c", "1: a.c.d", "2: e"]],
    [
      "inline tables in an array over several lines",
      "a = [\n  { b = 1 },\n  { b.c = 2 },\n]\nd = 1\n",
      ["1: a", "1: a[0]", "2: a[0].b", "1: a[1]", "3: a[1].b", "3: a[1].b.c", "5: d"],
    ],
    [
      "arrays over several lines",
      "a = [ # [x]\n  1, # b = 2\n  [2,\n3], ]\nc = 3\n",
      ["1: a", "1: a[0]", "1: a[1]", "5: c"],
    ],
    [
      "arrays of tables",
      "[[a]]\nb = 1\n[[a]]\nb = 2\n[a.c]\nd = 3\n[[a.e]]\nf = 4\n",
      [
        "1: a",
        "1: a[0]",
        "2: a[0].b",
        "3: a[1]",
        "4: a[1].b",
        "5: a[1].c",
        "6: a[1].c.d",
        "7: a[1].e",
        "7: a[1].e[0]",
        "8: a[1].e[0].f",
      ],
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
    [
      "overlays in overlays",
      "[p]\na = 1\n[p.s.x.Account]\nt = 1\n[p.s]\nk = 2\n",
      ["1: p", "2: p.a", "5: p.s", "3: p.s.x", "3: p.s.x.Account", "4: p.s.x.Account.t", "6: p.s.k"],
    ],
    ["comments and empty lines", "# a = 1\n\n   # [b]\nc = 1 # d = 2\n\t\n[e] # [f]\n", ["4: c", "6: e"]],
  ])("are found among %s", (_what, text, expected) => {
    expect(() => parse(text)).not.toThrow();
    expect(keysOf(text)).toEqual(expected);
  });

  it("are those of the innermost table that is written, where the key is not", () => {
    const toml = new TomlText("\n[a.b]\nc = 1\n[a]\nd = 2\n");
    const lineOf = (...path: SettingPath) => toml.lineOf(path);
    expect([lineOf("a", "b", "c"), lineOf("a", "b", "x"), lineOf("a"), lineOf("a", "x"), lineOf("x")]).toEqual([
      3, 2, 4, 4, 1,
    ]);
    expect([lineOf("a", "toString"), lineOf("a", "d", "x"), lineOf("a", "d", 0), lineOf()]).toEqual([4, 5, 5, 1]);
  });

  it("cover every key that the parser finds, and change no value", () => {
    const key = fc.oneof(
      fc.constantFrom("a", "b c", 'q"', "d.e", "f'", "é", "-"),
      fc.string({ minLength: 1, maxLength: 4 }).filter((text) => !isForbiddenKey(text)),
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
        const toml = new TomlText(text);
        expect([toml.faults, toml.settings]).toEqual([[], parse(text)]);
        const lines = text.split("\n");
        for (const path of pathsOf(toml.settings, [])) {
          const name = path.findLast((step) => typeof step === "string");
          expect(namesIn(lines[toml.lineOf(path) - 1] ?? "")).toContain(name);
        }
      }),
      { numRuns: 200 },
    );
  });
});

/** The names in a header or in front of a value, as the parser reads them. */
function namesIn(line: string): string[] {
  const header = /^\s*\[+(.*?)\]+$/.exec(line)?.[1];
  const assigned = /^\s*((?:"(?:[^"\\]|\\.)*"|[^"=])*?)\s*=/.exec(line)?.[1];
  const names: string[] = [];
  for (let table: unknown = parse(`${header ?? assigned} = 1`); typeof table === "object"; ) {
    const [[name, below]] = Object.entries(table as object) as [[string, unknown]];
    names.push(name);
    table = below;
  }
  return names;
}

describe("a fault", () => {
  it.each<[string, string, object]>([
    [
      "a key without value",
      "a = 1\nb\n[constructor]\nc = 1\n",
      { what: 'invalid character, expected "="', line: 2, column: 2 },
    ],
    ["a text without end", 'a = "x\n[constructor]\n', { what: "unterminated string", line: 1, column: 7 }],
    [
      "two values on a line",
      "a = [1] 2\n[constructor]\n",
      { what: "unexpected character, expected only whitespace or comments till end of line", line: 1, column: 9 },
    ],
    ["arrays without end", `a = ${"[".repeat(200)}`, { what: "unterminated inline array", line: 1, column: 205 }],
    ["a date that no calendar has", "a = 1\nb = 2026-13-45 # x\n", { what: "invalid Datetime", line: 2, column: 16 }],
    [
      "a table that is given twice",
      "[a]\nb = 1\n[c]\n[a]\n",
      { what: "can't redefine existing key", line: 4, column: 3 },
    ],
  ])("has the place of %s, and nothing behind it is read", (_what, text, fault) => {
    const { faults, settings } = new TomlText(text);
    expect(faults).toEqual([fault]);
    expect(pathsOf(settings, []).flat()).not.toContain("constructor");
  });

  it("about a forbidden key comes before a fault of syntax: the outermost keys, by their lines", () => {
    const text = "[[x]]\n[x.constructor.prototype]\n__proto__ = 1\n[y]\na = [{ b.toString = 1 }]\n[x.valueOf]\n[";
    expect(new TomlText(text).faults).toEqual([
      { what: 'the key "constructor" is not allowed', line: 2 },
      { what: 'the key "toString" is not allowed', line: 5 },
      { what: 'the key "valueOf" is not allowed', line: 6 },
    ]);
  });

  it.each<[string, string, number]>([
    ["arrays", `a = 1\nb = ${"[".repeat(100_000)}${"]".repeat(100_000)}`, 2],
    ["inline tables", `a = 1\n\nb = ${"{c=".repeat(500)}1${"}".repeat(500)}`, 3],
    ["dotted keys", `${Array(20_000).fill("a").join(".")} = 1`, 1],
    ["headers", `\n[${Array(20_000).fill("a").join(".")}]`, 2],
  ])("names the line of the key where %s nest without end", (_what, text, line) => {
    expect(new TomlText(text).faults).toEqual([{ what: "tables and arrays nest deeper than 100 levels", line }]);
  });

  it("is not reported for tables and arrays that nest 100 levels deep", () => {
    const text = `a = ${"[".repeat(99)}${"]".repeat(99)}`;
    expect(new TomlText(text).faults).toEqual([]);
  });
});
