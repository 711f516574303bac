import { existsSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import type { TSError } from "ts-node";
import type { Diagnostic } from "typescript";

/** Explains in one sentence why a module could not be loaded, with file and line where they are known. */
export function explainLoadError(error: unknown, cwd: string): string {
  const diagnostic = firstDiagnostic(error);
  if (diagnostic !== undefined) return explainDiagnostic(diagnostic, cwd);
  if (!(error instanceof Error)) return `it throws ${JSON.stringify(error) ?? String(error)}`;

  const [place, text] = [placeOf(error, cwd), textOf(error)];
  return place === undefined ? text : `${text} (${place})`;
}

function textOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const firstLine = error.message.split("\n")[0] ?? "";
  if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") return firstLine;
  if (code === "ERR_REQUIRE_ASYNC_MODULE" || (error instanceof SyntaxError && /\bawait\b/.test(firstLine))) {
    return "TypeScript runs as CommonJS here, where neither a module nor what it imports can use top-level await";
  }
  return "code" in error && "details" in error ? error.message : `it throws ${error.name}: ${firstLine}`;
}

/** Returns the first fault that the compiler found, when the error is one of ts-node's. */
function firstDiagnostic(error: unknown): Diagnostic | undefined {
  const { name, diagnostics } = (error ?? {}) as Partial<TSError & { diagnostics: readonly Diagnostic[] }>;
  return name === "TSError" ? diagnostics?.[0] : undefined;
}

function explainDiagnostic({ file, start, messageText, code }: Diagnostic, cwd: string): string {
  const text = typeof messageText === "string" ? messageText : messageText.messageText;
  if (file === undefined || start === undefined) return `${text} (TS${code})`;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  return `${fromHere(file.fileName, cwd)}:${line + 1}:${character + 1}: ${text} (TS${code})`;
}

/** The folder of the compiled command line, whose files are in every stack. */
const OWN_FOLDER = dirname(__dirname);

/** Returns the first place in the user's own files that the stack names. */
function placeOf({ stack = "" }: Error, cwd: string): string | undefined {
  for (const line of stack.split("\n")) {
    const { path, position } = FRAME.exec(line.trim())?.groups ?? {};
    if (path === undefined || position === undefined) continue;
    const file = path.startsWith("file://") ? fileURLToPath(path) : path;
    if (!existsSync(file) || file.includes(`${sep}node_modules${sep}`) || file.startsWith(OWN_FOLDER)) continue;
    return `${fromHere(file, cwd)}:${position}`;
  }
  return undefined;
}

/** `at run (/bank/src/domain.ts:3:7)`, `at file:///bank/src/domain.mjs:3:7`, and the head of a syntax error, `/bank/domain.js:3`. */
const FRAME = /^(?:at .*?\(?)??(?<path>(?:file:\/\/|[a-z]:\\|\/).+?):(?<position>\d+(?::\d+)?)\)?$/i;

/** Returns the path from the working directory, when the file lies in it and that path is shorter. */
function fromHere(file: string, cwd: string): string {
  const path = relative(cwd, file);
  return path.startsWith("..") || path.length >= file.length ? file : path;
}
