import type { CreateTranspilerOptions, Transpiler } from "ts-node";
import ts from "typescript";

import { importMetaAsCommonJs } from "./import-meta";

/**
 * Makes the transpiler by which ts-node turns one file into CommonJS. The compiler sees every file as `.ts`, because it never
 * turns a `.mts` file into CommonJS.
 */
export function create({ service }: CreateTranspilerOptions): Transpiler {
  const compilerOptions = { ...service.config.options, module: ts.ModuleKind.CommonJS };
  return {
    transpile(code, { fileName }) {
      const { diagnostics = [], ...output } = ts.transpileModule(code, {
        fileName: fileName.replace(/\.[mc]ts$/, ".ts"),
        compilerOptions,
        reportDiagnostics: true,
        transformers: { before: [importMetaAsCommonJs] },
      });
      for (const { file } of diagnostics) if (file !== undefined) file.fileName = fileName;
      return { ...output, diagnostics };
    },
  };
}
