import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";

import { ConfigDocument } from "../../src/config/config-document";
import { ConfigurationError } from "../../src/errors/configuration-error";
import { faultsOf, folderWith, removeFolders } from "./folders";

afterEach(removeFolders);

const faults = (content: string | Uint8Array) => {
  const folder = folderWith({ "domain.toml": content });
  return faultsOf(() => ConfigDocument.read(join(folder, "domain.toml")), folder);
};

describe("a broken file", () => {
  it.each<[string, string]>([
    [
      "a = = 1",
      "domain.toml:1:5: unexpected character, expecting string, number, datetime, boolean, inline array or inline table",
    ],
    [
      "a = 1\nb = = 1",
      "domain.toml:2:5: unexpected character, expecting string, number, datetime, boolean, inline array or inline table",
    ],
    ["a = 1\n\n[b", "domain.toml:3:3: key ended without value"],
    ["a = 1\na = 2", "domain.toml:2:6: can't redefine existing key"],
    ["[a]\n[b]\n[a]\n", "domain.toml:3:3: can't redefine existing key"],
    ['# x\na = "b', "domain.toml:2:7: unterminated string"],
    ["a = 1\n& = 2", 'domain.toml:2:1: unknown character "&"'],
    ['a = "\\q"', 'domain.toml:1:7: unknown escape character: "q"'],
    [
      "a = 1\r\n# x\r\nb = = 1\r\n",
      "domain.toml:3:5: unexpected character, expecting string, number, datetime, boolean, inline array or inline table",
    ],
    ["a = 1\nb = 2026-13-45\nc = 1\n", "domain.toml:2:15: invalid Datetime"],
    [`a = ${"[".repeat(200)}${"]".repeat(200)}`, "domain.toml:1: tables and arrays nest deeper than 100 levels"],
  ])("%j is one line with its place", (text, fault) => {
    expect(faults(text)).toEqual([fault]);
  });

  it("shows neither the text around the fault nor a cause", () => {
    const folder = folderWith({ "domain.toml": 'password = "hunter2"\nx = \n' });
    expect.assertions(3);
    try {
      ConfigDocument.read(join(folder, "domain.toml"));
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError);
      expect((error as Error).cause).toBeUndefined();
      expect((error as Error).message).not.toMatch(/\n|hunter2/);
    }
  });

  it("that is not UTF-8 is refused", () => {
    expect(faults(new Uint8Array([0x61, 0x3d, 0x22, 0xff, 0x22]))).toEqual([
      "Cannot read domain.toml: it is not UTF-8 text",
    ]);
  });
});

describe("a key of every object's prototype", () => {
  it.each<[string, string[]]>([
    ["[__proto__]\npolluted = 1", ['domain.toml:1: the key "__proto__" is not allowed']],
    ["a = 1\n__proto__ = 1", ['domain.toml:2: the key "__proto__" is not allowed']],
    ["a = 1\n[production.__proto__]", ['domain.toml:2: the key "__proto__" is not allowed']],
    ["[event_store]\npool = { x = [{ __proto__ = 1 }] }", ['domain.toml:2: the key "__proto__" is not allowed']],
    ['"\\u005f_proto__".a = 1', ['domain.toml:1: the key "__proto__" is not allowed']],
    ["prototype = 1", ['domain.toml:1: the key "prototype" is not allowed']],
    ["[constructor.prototype]\npolluted = 1", ['domain.toml:1: the key "constructor" is not allowed']],
    [
      "[[x]]\n[x.constructor.prototype]\npolluted = 1\n__proto__ = 1\n[",
      ['domain.toml:2: the key "constructor" is not allowed'],
    ],
    [
      "__proto__ = 1\n[toString]\npolluted = 1",
      ['domain.toml:1: the key "__proto__" is not allowed', 'domain.toml:2: the key "toString" is not allowed'],
    ],
  ])("%j is refused and changes no object", (text, expected) => {
    expect(faults(text)).toEqual(expected);
    expect([({} as { polluted?: unknown }).polluted, Object.keys(Object.prototype.toString)]).toEqual([undefined, []]);
  });

  it("is not reached behind a syntax error", () => {
    expect(faults("a\n[constructor.prototype]\npolluted = 1\n")).toEqual([
      'domain.toml:1:2: invalid character, expected "="',
    ]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("may stand in a comment or a text", () => {
    expect(faults('# [__proto__]\na = "[__proto__]"\nb = """\n__proto__ = 1\n"""')).toEqual([]);
  });
});

describe("a file that cannot be read", () => {
  it("because it is a directory is named", () => {
    const folder = folderWith({});
    mkdirSync(join(folder, "domain.toml"));
    expect(faultsOf(() => ConfigDocument.read(join(folder, "domain.toml")), folder)).toEqual([
      "Cannot read domain.toml: it is a directory, not a file",
    ]);
  });

  it("because it is a broken link is named", () => {
    const folder = folderWith({});
    symlinkSync(join(folder, "gone.toml"), join(folder, "domain.toml"));
    expect(faultsOf(() => ConfigDocument.read(join(folder, "domain.toml")), folder)).toEqual([
      "Cannot read domain.toml: it is a link to a file that does not exist",
    ]);
  });

  const itUnlessRoot = process.getuid?.() === 0 ? it.skip : it;
  itUnlessRoot("because of its permissions is named", () => {
    const folder = folderWith({ "domain.toml": "" });
    chmodSync(join(folder, "domain.toml"), 0o000);
    expect(faultsOf(() => ConfigDocument.read(join(folder, "domain.toml")), folder)).toEqual([
      "Cannot read domain.toml: permission denied",
    ]);
  });
});

describe("the file in messages", () => {
  it("is its absolute path where it lies elsewhere", () => {
    const file = join(folderWith({ "domain.toml": "=" }), "domain.toml");
    expect(() => ConfigDocument.read(file)).toThrow(`${file}:1:1: `);
  });

  it("is relative where it lies above the working directory", () => {
    const folder = folderWith({ "domain.toml": "= 1", "app/src/main.ts": "" });
    const before = process.cwd();
    process.chdir(join(folder, "app/src"));
    try {
      expect(() => ConfigDocument.read(join(folder, "domain.toml"))).toThrow(/^\.\.\/\.\.\/domain\.toml:1:1: /);
    } finally {
      process.chdir(before);
    }
  });

  it("is relative to the working directory where it lies below it", () => {
    const folder = folderWith({ "app/domain.toml": "= 1" });
    const before = process.cwd();
    process.chdir(folder);
    try {
      expect(() => ConfigDocument.read(join(folder, "app/domain.toml"))).toThrow(/^app\/domain\.toml:1:1: /);
    } finally {
      process.chdir(before);
    }
  });
});
