import { readFileSync } from "node:fs";
import { join } from "node:path";

import { complaintsAbout } from "../fixtures/type-check";

const FILE = join(__dirname, "../fixtures/decorator-mistakes.source.ts");

/** A message of more lines is a wall that nobody reads. */
const MOST_LINES = 3;

interface Mistake {
  readonly line: number;
  readonly name: string;
  readonly says: string;
}

/** The comments of the file: `// an async @apply method: it cannot be async`. */
const MISTAKES: readonly Mistake[] = readFileSync(FILE, "utf8")
  .split("\n")
  .flatMap((text, index) => {
    const [, name, says] = /^ *\/\/ ([^:]+): (.+)$/.exec(text) ?? [];
    return name === undefined || says === undefined ? [] : [{ line: index + 1, name, says }];
  });

describe.each([
  ["the older flavour", { experimentalDecorators: true, useDefineForClassFields: false }],
  ["standard decorators", { experimentalDecorators: false }],
])("a mistake with a decorator, in %s", (_, flavour) => {
  let complaints: ReadonlyMap<number, readonly string[]>;

  beforeAll(() => {
    const found = new Map<number, string[]>();
    for (const complaint of complaintsAbout([FILE], { strict: true, ...flavour })) {
      const [, line, message] = /:(\d+): ([\s\S]*)$/.exec(complaint) as RegExpExecArray & [string, string, string];
      const about = MISTAKES.findLast((each) => each.line < Number(line))?.line ?? 0;
      found.set(about, [...(found.get(about) ?? []), message]);
    }
    complaints = found;
  }, 120_000);

  it.each(MISTAKES.map(({ name, ...mistake }) => [name, mistake] as const))(
    "has one message of at most three lines: %s",
    (_name, { line, says }) => {
      const messages = complaints.get(line) ?? [];
      expect(messages).toEqual([expect.stringContaining(says)]);
      expect(messages.join("\n").split("\n").length).toBeLessThanOrEqual(MOST_LINES);
    },
  );

  it("has no message where nothing is wrong", () => {
    const about = new Set(MISTAKES.map(({ line }) => line));
    expect([...complaints].filter(([line]) => !about.has(line))).toEqual([]);
  });
});
