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

/**
 * Type-checks and compiles the snippets of guides as a user's code, against the sources of the packages. All guides are one
 * program to the compiler, which then reads the packages once.
 *
 * @param guides their texts by name.
 */
export function compileGuides(guides: ReadonlyMap<string, string>): ReadonlyMap<string, CompiledGuide> {
  const files = new Map([...guides].map(([name, markdown]) => [name, filesOf(name, markdown)]));
  const program = programOf(new Map([...files.values()].flatMap((texts) => [...texts])));
  return new Map([...files].map(([name, texts]) => [name, compiledGuide(name, [...texts.keys()], program)]));
}

function filesOf(name: string, markdown: string): Map<string, string> {
  return new Map(guidePrograms(markdown).map(({ text }, index) => [join(__dirname, `${name}.${index}.ts`), text]));
}

function programOf(texts: ReadonlyMap<string, string>): ts.Program {
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
  return ts.createProgram([...texts.keys()], options, host);
}

function compiledGuide(name: string, files: readonly string[], program: ts.Program): CompiledGuide {
  const programs: string[] = [];
  const diagnostics: ts.Diagnostic[] = [];
  for (const file of files) {
    const source = program.getSourceFile(file);
    program.emit(source, (_name, text) => programs.push(text));
    diagnostics.push(...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source));
  }
  return { programs, complaints: diagnostics.map((diagnostic) => complaint(name, diagnostic)) };
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
