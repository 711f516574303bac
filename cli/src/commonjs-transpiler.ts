import type { CreateTranspilerOptions, Transpiler } from "ts-node";
import ts from "typescript";

import { importMetaAsCommonJs } from "./import-meta";

/**
 * What ts-node calls to turn one file into CommonJS. TypeScript itself never does that to a `.mts` file, so that
 * it sees every file as `.ts`.
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
