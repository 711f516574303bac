import ts from "typescript";

import type { CompilerSettings } from "./compiler-settings";
import { importMetaAsCommonJs } from "./import-meta";
import { SyntaxFault } from "./syntax-fault";

/**
 * Turns one TypeScript file into CommonJS, without a look at any other file: nothing is type-checked, and the result depends on
 * nothing but the arguments and the version of the compiler.
 * @throws SyntaxFault
 */
export function transpile(file: string, text: string, settings: CompilerSettings): string {
  const { jsx, ...options } = settings;
  const { outputText, diagnostics = [] } = ts.transpileModule(text, {
    // The compiler never turns a `.mts` file into CommonJS.
    fileName: file.replace(/\.[mc]ts$/, ".ts"),
    reportDiagnostics: true,
    transformers: { before: [importMetaAsCommonJs] },
    compilerOptions: {
      ...options,
      jsx: jsx === "react" ? ts.JsxEmit.React : ts.JsxEmit.ReactJSX,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.CommonJS,
      esModuleInterop: true,
      inlineSourceMap: true,
      sourceRoot: "",
    },
  });
  const [fault] = diagnostics;
  if (fault !== undefined) throw faultOf(file, fault);
  // The compiler was told another name where the file is `.mts` or `.cts`.
  return outputText;
}

function faultOf(path: string, { file, start = 0, messageText, code }: ts.Diagnostic): SyntaxFault {
  const text = `${ts.flattenDiagnosticMessageText(messageText, " ")} (TS${code})`;
  if (file === undefined) return new SyntaxFault(text, { path });
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return new SyntaxFault(text, { path, line: line + 1, column: character + 1 });
}
