import { join } from "node:path";
import ts from "typescript";

/** Type-checks a project again and again, as `tsc` does, and reads what did not change only once. */
export class TypeChecker {
  readonly #sources = new Map<string, ts.SourceFile>();
  #program: ts.Program | undefined;

  /** @param folder of a tsconfig.json. @returns what the compiler complains of. */
  complaints(folder: string): string[] {
    const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile);
    const { fileNames, options, errors } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
    const host = ts.createCompilerHost(options);
    const { getSourceFile } = host;
    host.getSourceFile = (file, language, ...others) => {
      const known = this.#sources.get(file);
      if (known !== undefined && known.text === ts.sys.readFile(file)) return known;
      const source = getSourceFile(file, language, ...others);
      if (source !== undefined) this.#sources.set(file, source);
      return source;
    };
    this.#program = ts.createProgram(fileNames, { ...options, noEmit: true }, host, this.#program);
    return [...errors, ...ts.getPreEmitDiagnostics(this.#program)].map(({ file, start = 0, messageText }) => {
      const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
      return `${file?.fileName}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
    });
  }
}
