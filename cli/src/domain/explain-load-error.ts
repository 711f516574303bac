import { existsSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { SyntaxFault } from "../typescript/syntax-fault";

/** Explains in one sentence why a module could not be loaded, with file and line where they are known. */
export function explainLoadError(error: unknown, cwd: string): string {
  if (error instanceof SyntaxFault) return explainSyntax(error, cwd);
  if (!(error instanceof Error)) return `it throws ${JSON.stringify(error) ?? String(error)}`;

  // Node names the line of the code that the file was turned into.
  if (isTopLevelAwait(error)) return NO_TOP_LEVEL_AWAIT;
  const [place, text] = [placeOf(error, cwd), textOf(error)];
  return place === undefined ? text : `${text} (${place})`;
}

const NO_TOP_LEVEL_AWAIT =
  "TypeScript runs as CommonJS here, where neither a module nor what it imports can use top-level await";

function isTopLevelAwait(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ERR_REQUIRE_ASYNC_MODULE" || (error instanceof SyntaxError && /\bawait\b/.test(error.message));
}

function textOf(error: Error): string {
  const { code } = error as NodeJS.ErrnoException;
  const firstLine = error.message.split("\n")[0] ?? "";
  if (code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND") return firstLine;
  return "code" in error && "details" in error ? error.message : `it throws ${error.name}: ${firstLine}`;
}

function explainSyntax({ message, place: { path, line, column } }: SyntaxFault, cwd: string): string {
  const file = fromHere(path, cwd);
  return line === undefined ? `${file}: ${message}` : `${file}:${line}:${column}: ${message}`;
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
