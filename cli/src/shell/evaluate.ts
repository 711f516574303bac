import { createRequire } from "node:module";
import { join } from "node:path";

import ts from "typescript";

import { CommandError } from "../io/command-error";

/** What a program may use besides its names. */
interface Surroundings {
  readonly names: ReadonlyMap<string, unknown>;
  /** The folder from which it requires modules. */
  readonly cwd: string;
}

/**
 * Runs a program in JavaScript or TypeScript, in which `await` may stand anywhere, and returns the value of its last expression.
 * @throws what the program throws; CommandError for a program that cannot be compiled.
 */
export async function evaluate(program: string, { names, cwd }: Surroundings): Promise<unknown> {
  const { outputText, diagnostics = [] } = ts.transpileModule(program, {
    reportDiagnostics: true,
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS, esModuleInterop: true },
    transformers: { after: [returnLastExpression] },
  });
  const [fault] = diagnostics;
  if (fault !== undefined) throw new CommandError(`Cannot run the program: ${explain(fault)}`);
  const given = new Map([...names, ["require", createRequire(join(cwd, "program.js"))], ["exports", {}]]);
  // The braces let the program declare names of its own that are among those given.
  const run = new AsyncFunction(...given.keys(), `{\n${outputText}\n}`);
  return await run(...given.values());
}

type AnyAsyncFunction = (...values: readonly unknown[]) => Promise<unknown>;

const AsyncFunction = (async () => undefined).constructor as new (...text: readonly string[]) => AnyAsyncFunction;

const returnLastExpression: ts.TransformerFactory<ts.SourceFile> = ({ factory }) => {
  return (file) => {
    const last = file.statements.at(-1);
    if (last === undefined || !ts.isExpressionStatement(last)) return file;
    const returned = factory.createReturnStatement(last.expression);
    return factory.updateSourceFile(file, [...file.statements.slice(0, -1), returned]);
  };
};

function explain({ file, start = 0, messageText }: ts.Diagnostic): string {
  const text = ts.flattenDiagnosticMessageText(messageText, " ");
  if (file === undefined) return text;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `line ${line + 1}, column ${character + 1}: ${text}`;
}
