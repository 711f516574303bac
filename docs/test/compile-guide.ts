import { join } from "node:path";
import ts from "typescript";

import { guidePrograms } from "./guide-programs";

/** What a guide's programs are compiled to. */
export interface CompiledGuide {
  /** CommonJS, one text a program. */
  readonly programs: readonly string[];
  /** What the compiler complains of, with the guide's own lines. */
  readonly complaints: readonly string[];
}

const ROOT = join(__dirname, "../..");

/** Type-checks and compiles the snippets of a guide as a user's code, against the sources of the packages. */
export function compileGuide(name: string, markdown: string): CompiledGuide {
  const texts = new Map(
    guidePrograms(markdown).map(({ text }, index) => [join(__dirname, `${name}.${index}.ts`), text] as const),
  );
  const options = compilerOptions();
  const host = ts.createCompilerHost(options);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (file) => texts.has(file) || fileExists(file);
  host.readFile = (file) => texts.get(file) ?? readFile(file);
  host.getSourceFile = (file, languageVersion, ...others) => {
    const text = texts.get(file);
    if (text === undefined) return getSourceFile(file, languageVersion, ...others);
    return ts.createSourceFile(file, text, languageVersion);
  };
  const program = ts.createProgram([...texts.keys()], options, host);
  const compiled = new Map<string, string>();
  for (const file of texts.keys()) program.emit(program.getSourceFile(file), (_name, text) => compiled.set(file, text));
  const diagnostics = [...texts.keys()].flatMap((file) => {
    const source = program.getSourceFile(file);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  });
  return {
    programs: [...texts.keys()].map((file) => compiled.get(file) ?? ""),
    complaints: diagnostics.map((diagnostic) => complaint(name, diagnostic)),
  };
}

function compilerOptions(): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(ROOT, "tsconfig.base.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, ROOT);
  return {
    ...options,
    composite: false,
    declaration: false,
    declarationMap: false,
    sourceMap: false,
    customConditions: ["@tidemark/source"],
    typeRoots: [join(ROOT, "node_modules/@types")],
  };
}

function complaint(name: string, { file, start = 0, messageText }: ts.Diagnostic): string {
  const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
  return `${name}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
}
