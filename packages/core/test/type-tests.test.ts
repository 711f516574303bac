import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

import { complaintsAbout } from "./fixtures/type-check";

const FOLDER = join(__dirname, "type-tests");
const FILES = readdirSync(FOLDER).map((name) => join(FOLDER, name));

/** As in a project that uses the package, whatever that project checks besides. */
const PLAIN: ts.CompilerOptions = { strict: true };
const STRICTEST: ts.CompilerOptions = {
  ...PLAIN,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
};
const LEGACY: ts.CompilerOptions = { experimentalDecorators: true, emitDecoratorMetadata: true };
const STANDARD: ts.CompilerOptions = { experimentalDecorators: false };

/** Both flavours and both degrees of checking in any case; `npm run test:full` combines each with each. */
const COMBINATIONS: readonly (readonly [name: string, options: ts.CompilerOptions])[] = [
  ["legacy decorators and the strictest checks", { ...STRICTEST, ...LEGACY }],
  ["standard decorators and plain strict checks", { ...PLAIN, ...STANDARD }],
  ...(process.env.TIDEMARK_TEST === "full"
    ? ([
        ["standard decorators and the strictest checks", { ...STRICTEST, ...STANDARD }],
        ["legacy decorators and plain strict checks", { ...PLAIN, ...LEGACY }],
      ] as const)
    : []),
];

/** Each line marked `@ts-expect-error` in those files must be an error, and no other line may be one. */
describe("the types of the public API", () => {
  it.each(COMBINATIONS)("hold with %s", (_, options) => {
    expect(complaintsAbout(FILES, options)).toEqual([]);
  });

  it("give a handle for every command where the compiler was told so", () => {
    const file = join(__dirname, "fixtures/async-by-default.source.ts");
    expect(complaintsAbout([file], { ...STRICTEST, ...STANDARD })).toEqual([]);
  });
});
