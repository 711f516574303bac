import { dirname, parse } from "node:path";

import { register } from "ts-node";
import ts from "typescript";

import { importMetaAsCommonJs } from "./import-meta";

/**
 * Lets `require` load TypeScript from here on: every file becomes CommonJS, whatever its extension or the
 * `type` of its package, and none is type-checked.
 *
 * Of the project's tsconfig.json only that counts which changes what its code means (decorators, class fields,
 * JSX). The rest, such as `noEmit` or `moduleResolution: bundler`, describes another tool's build and would only be in
 * the way. Ours is the compiler, too: a project may have none, or one without an API to call.
 */
export function registerTypeScript(file: string): void {
  forgetTypeStripping();
  register({
    compiler: require.resolve("typescript"),
    cwd: dirname(file),
    skipProject: true,
    transpileOnly: true,
    experimentalResolver: true,
    moduleTypes: { [`${parse(file).root}**/*`]: "cjs" },
    compilerOptions: { ...DEFAULTS, ...meaningfulOptions(file), module: "commonjs", moduleResolution: "node10" },
    transformers: { before: [importMetaAsCommonJs] },
  });
}

/** Where no tsconfig.json says otherwise: what the bare `@apply` needs. */
const DEFAULTS = {
  target: "es2022",
  esModuleInterop: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
};

function meaningfulOptions(file: string): object {
  const tsconfig = ts.findConfigFile(dirname(file), ts.sys.fileExists);
  if (tsconfig === undefined) return {};
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(tsconfig, ts.sys.readFile).config ?? {},
    { ...ts.sys, readDirectory: () => [] },
    dirname(tsconfig),
  );
  return {
    experimentalDecorators: options.experimentalDecorators ?? false,
    emitDecoratorMetadata: options.emitDecoratorMetadata ?? false,
    // TypeScript's own default, which follows the target that the project asked for and not the one set here.
    useDefineForClassFields: options.useDefineForClassFields ?? (options.target ?? 0) >= ts.ScriptTarget.ES2022,
    ...(options.jsxImportSource !== undefined && { jsxImportSource: options.jsxImportSource }),
    jsx: options.jsx === ts.JsxEmit.React ? "react" : "react-jsx",
  };
}

/** Node 22 and later strip types before anyone else sees the file, and with them the metadata of `@apply`. */
function forgetTypeStripping(): void {
  for (const extension of [".ts", ".mts", ".cts"]) delete require.extensions[extension];
}
