import { join } from "node:path";
import ts from "typescript";

const FILE = join(__dirname, "type-tests/given.ts");

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts", "lib.esnext.decorators.d.ts", "lib.es2024.string.d.ts"],
  module: ts.ModuleKind.Node16,
  moduleResolution: ts.ModuleResolutionKind.Node16,
  customConditions: ["@tidemark/source"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noImplicitOverride: true,
  noEmit: true,
  skipLibCheck: true,
};

/** Each line marked `@ts-expect-error` in that file must be an error, and no other line may be one. */
describe("the types of given", () => {
  it.each([true, false])("hold with experimentalDecorators: %p", (experimentalDecorators) => {
    const program = ts.createProgram([FILE], { ...OPTIONS, experimentalDecorators });
    const complaints = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const line = file === undefined ? 0 : file.getLineAndCharacterOfPosition(start ?? 0).line + 1;
      return `${file?.fileName ?? ""}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
    expect(complaints).toEqual([]);
  });
});
