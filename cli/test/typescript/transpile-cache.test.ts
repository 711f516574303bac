import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { cacheFolder, TranspileCache } from "../../src/typescript/transpile-cache";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tidemark-cache-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Asks a cache of its own, as another process would. @returns the code, and whether it was made anew. */
function ask(path: string, ...dependencies: readonly unknown[]): string {
  let made = "kept";
  const code = new TranspileCache(join(folder, "cache")).get(path, dependencies, () => {
    made = "made";
    return `code of ${path} by ${dependencies.join(" and ")}\nmore\n`;
  });
  expect(code).toBe(`code of ${path} by ${dependencies.join(" and ")}\nmore\n`);
  return made;
}

const entries = () => readdirSync(join(folder, "cache"));

describe("TranspileCache", () => {
  it("keeps code for the next run", () => {
    expect([ask("/a.ts", "text"), ask("/a.ts", "text"), ask("/b.ts", "text")]).toEqual(["made", "kept", "made"]);
  });

  it("makes code anew when anything that it depends on has changed, and keeps one entry a file", () => {
    expect(ask("/a.ts", "text", "5.9.3")).toBe("made");
    expect(ask("/a.ts", "another text", "5.9.3")).toBe("made");
    expect(ask("/a.ts", "another text", "5.9.4")).toBe("made");
    expect(ask("/a.ts", "another text", "5.9.4")).toBe("kept");
    expect(entries()).toHaveLength(1);
  });

  it.each([
    ["empty", () => ""],
    ["cut off", (text: string) => text.slice(0, -1)],
    ["altered", (text: string) => text.replace("code", "kode")],
    ["of another key", (text: string) => text.replace(/\/\/ \w/, "// x")],
  ])("takes an entry that is %s for none, and replaces it", (_, damage) => {
    ask("/a.ts", "text");
    const file = join(folder, "cache", entries()[0] as string);
    const written = readFileSync(file, "utf8");
    writeFileSync(file, damage(written));
    expect(ask("/a.ts", "text")).toBe("made");
    expect(readFileSync(file, "utf8")).toBe(written);
  });

  it("does without a folder that it cannot write to", () => {
    writeFileSync(join(folder, "cache"), "a file");
    expect([ask("/a.ts", "text"), ask("/a.ts", "text")]).toEqual(["made", "made"]);
  });

  it("leaves no drafts behind", () => {
    ask("/a.ts", "text");
    mkdirSync(join(folder, "cache", entries()[0]!.replace(".js", "x.js")));
    ask("/a.ts", "other");
    expect(entries().filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });
});

describe("cacheFolder", () => {
  it("lies beside the packages of the project, else in the user's folder", () => {
    mkdirSync(join(folder, "project/node_modules"), { recursive: true });
    expect(cacheFolder(join(folder, "project/src/domain.ts"), {})).toBe(
      join(folder, "project/node_modules/.cache/tidemark"),
    );
    expect(cacheFolder(join(folder, "domain.ts"), { XDG_CACHE_HOME: "/home/me/.caches" })).toBe(
      "/home/me/.caches/tidemark",
    );
    expect(existsSync(join(folder, "project/node_modules/.cache"))).toBe(false);
  });
});
