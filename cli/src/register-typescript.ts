import { dirname, parse } from "node:path";

import { register } from "ts-node";
import ts from "typescript";

/**
 * Lets `require` load TypeScript from here on: every file becomes CommonJS, whatever its extension or the
 * `type` of its package, and none is type-checked.
 *
 * Of the project's tsconfig.json only that counts which changes what its code means (decorators, class fields,
 * JSX). The rest, such as `noEmit` or `moduleResolution: bundler`, describes another tool's build and would only be in
 * the way. Ours is the compiler, too: a project may have none, or one without an API to call.
 */
export function registerTypeScript(file: string): void {
  treatAsJavaScript();
  withoutDeprecations(() =>
    register({
      compiler: require.resolve("typescript"),
      transpiler: require.resolve("./commonjs-transpiler"),
      cwd: dirname(file),
      skipProject: true,
      transpileOnly: true,
      experimentalResolver: true,
      moduleTypes: { [`${parse(file).root}**/*`]: "cjs" },
      compilerOptions: { ...DEFAULTS, ...meaningfulOptions(file), module: "commonjs", moduleResolution: "node10" },
    }),
  );
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

/**
 * ts-node wraps the loader that stands at an extension. Node 22 and later have one there which strips types, and
 * with them the metadata of `@apply`, before anyone else sees the file; Node 20 has none at `.mts` and `.cts`, and
 * ts-node then leaves these out.
 */
function treatAsJavaScript(): void {
  for (const extension of [".ts", ".mts", ".cts"]) require.extensions[extension] = require.extensions[".js"];
}

/** ts-node calls a constructor of Node that the user can do nothing about. */
function withoutDeprecations(act: () => void): void {
  const before = process.noDeprecation;
  process.noDeprecation = true;
  act();
  if (before === undefined) delete process.noDeprecation;
  else process.noDeprecation = before;
}
