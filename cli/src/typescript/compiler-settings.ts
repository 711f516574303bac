import { dirname } from "node:path";

import { getTsconfig, type TsConfigJson } from "get-tsconfig";

/** The settings by which a TypeScript file is transpiled, in the words of tsconfig.json. What they do not say does not matter here. */
export interface CompilerSettings {
  readonly experimentalDecorators: boolean;
  readonly emitDecoratorMetadata: boolean;
  readonly useDefineForClassFields: boolean;
  readonly jsx: "react" | "react-jsx";
  readonly jsxImportSource?: string;
}

/** The settings of a project without tsconfig.json: those that the bare `@apply` needs. */
const DEFAULTS: CompilerSettings = {
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
  jsx: "react-jsx",
};

/**
 * Reads the settings that change the meaning of a project's code (decorators, class fields, JSX) from its tsconfig.json, with
 * what that extends. The others, such as `noEmit` or `moduleResolution: bundler`, describe the build of another tool.
 */
export function compilerSettings(file: string): CompilerSettings {
  const tsconfig = getTsconfig(dirname(file));
  return tsconfig === null ? DEFAULTS : settingsOf(tsconfig.config.compilerOptions ?? {});
}

function settingsOf(options: TsConfigJson.CompilerOptions): CompilerSettings {
  const { experimentalDecorators = false, emitDecoratorMetadata = false, jsx, jsxImportSource } = options;
  return {
    experimentalDecorators,
    emitDecoratorMetadata,
    // The compiler's default depends on the target that the project asks for, not on the one used here.
    useDefineForClassFields: options.useDefineForClassFields ?? definesFields(options.target),
    jsx: jsx === "react" ? "react" : "react-jsx",
    ...(jsxImportSource !== undefined && { jsxImportSource }),
  };
}

function definesFields(target = "es5"): boolean {
  const year = /^es(20\d\d)$/i.exec(target)?.[1];
  return /^esnext$/i.test(target) || Number(year ?? 0) >= 2022;
}
