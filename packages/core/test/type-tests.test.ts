import { readdirSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";

const ROOT = join(__dirname, "../../..");
const FOLDER = join(__dirname, "type-tests");
const FILES = readdirSync(FOLDER).map((name) => join(FOLDER, name));

/** As a project has it that uses the package, whatever its own checks are. */
const PLAIN: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.esnext.decorators.d.ts", "lib.es2024.string.d.ts"],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  customConditions: ["@tidemark/source"],
  types: ["node"],
  strict: true,
  noEmit: true,
  skipLibCheck: true,
  allowUnusedLabels: true,
};
const STRICTEST: ts.CompilerOptions = {
  ...PLAIN,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
};
const LEGACY: ts.CompilerOptions = { experimentalDecorators: true, emitDecoratorMetadata: true };
const STANDARD: ts.CompilerOptions = { experimentalDecorators: false };

function complaints(options: ts.CompilerOptions): string[] {
  const program = ts.createProgram(FILES, options);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const place = file === undefined ? "" : file.fileName.slice(ROOT.length + 1);
    const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
    return `${place}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}

/** Each line marked `@ts-expect-error` in those files must be an error, and no other line may be one. */
describe("the types of the public API", () => {
  it.each([
    ["legacy decorators and the strictest checks", { ...STRICTEST, ...LEGACY }],
    ["standard decorators and the strictest checks", { ...STRICTEST, ...STANDARD }],
    ["legacy decorators and plain strict checks", { ...PLAIN, ...LEGACY }],
    ["standard decorators and plain strict checks", { ...PLAIN, ...STANDARD }],
  ])("hold with %s", (_, options) => {
    expect(complaints(options)).toEqual([]);
  });
});
