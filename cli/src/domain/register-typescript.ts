import { dirname, parse } from "node:path";

import { register } from "ts-node";
import ts from "typescript";

/**
 * Lets `require` load TypeScript from now on. Every file becomes CommonJS, whatever its extension or the `type` of its package,
 * and no file is type-checked.
 *
 * Only the settings of the project's tsconfig.json that change the meaning of its code apply (decorators, class fields, JSX). The
 * others, such as `noEmit` or `moduleResolution: bundler`, describe the build of another tool and would break this one. The
 * compiler is the one this package depends on, because a project may have no TypeScript, or a version without an API.
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

/** The settings of a project without tsconfig.json: those that the bare `@apply` needs. */
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
    // The compiler's default depends on the target that the project asks for, not on the target set here.
    useDefineForClassFields: options.useDefineForClassFields ?? (options.target ?? 0) >= ts.ScriptTarget.ES2022,
    ...(options.jsxImportSource !== undefined && { jsxImportSource: options.jsxImportSource }),
    jsx: options.jsx === ts.JsxEmit.React ? "react" : "react-jsx",
  };
}

/**
 * Gives each TypeScript extension the loader of `.js`, which ts-node then wraps. Node 22 and later have a loader of their own there
 * that strips types, and with them the metadata of `@apply`. Node 20 has none for `.mts` and `.cts`, and ts-node skips an
 * extension without a loader.
 */
function treatAsJavaScript(): void {
  for (const extension of [".ts", ".mts", ".cts"]) require.extensions[extension] = require.extensions[".js"];
}

/** Hides the deprecation warning of ts-node's call to an old constructor, about which the user can do nothing. */
function withoutDeprecations(act: () => void): void {
  const before = process.noDeprecation;
  process.noDeprecation = true;
  act();
  if (before === undefined) delete process.noDeprecation;
  else process.noDeprecation = before;
}
