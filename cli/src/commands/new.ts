import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { type Command, Option } from "commander";

import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { dependenciesOf, projectFiles, STORES, type Store } from "../new-project/project-files";
import { parseProjectName } from "../new-project/project-name";
import { printable } from "../printing/printable";
import { Results } from "../printing/results";
import { jsonOption, type Runtime } from "./declaration";

interface NewOptions {
  /** The folder of the project; default: the project's name. */
  readonly directory?: string;
  readonly store: Store;
  readonly json?: boolean;
}

/** Declares `domain new <name>`. */
export function declareNew(program: Command, { io, end }: Runtime): void {
  program
    .command("new")
    .description("write a small working project: an aggregate with events and commands, a test, domain.toml")
    .argument("<name>", "the name of the package and the domain, such as shop or @acme/shop")
    .option("--directory <path>", "the folder of the project, which must be new or empty (default: the name)")
    .addOption(new Option("--store <name>", "where the project stores its events").choices(STORES).default("sqlite"))
    .addOption(jsonOption())
    .action(async (name: string, _options, command: Command) =>
      end(await newProject(io, name, command.optsWithGlobals())),
    );
}

async function newProject(io: Io, text: string, { directory, store, json }: NewOptions): Promise<number> {
  const results = new Results(io.stdout);
  const name = parseProjectName(text, dependenciesOf(store));
  const folder = directory ?? name.base;
  const path = resolve(io.cwd, folder);
  const files = projectFiles(name, store);
  refuseUsedFolder(folder, path);
  for (const [file, content] of files) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content, { flag: "wx" });
  }
  if (json) await results.document({ name: name.package, directory: path, store, files: [...files.keys()] });
  else await results.line(nextSteps(name.package, { folder, isHere: path === io.cwd, store, files: files.size }));
  return ExitStatus.done;
}

/** Content that a new project may be written beside: a repository that was made first. */
const ALLOWED: ReadonlySet<string> = new Set([".git", ".DS_Store"]);

/** @throws CommandError for a folder that holds anything else, or that is no folder. */
function refuseUsedFolder(folder: string, path: string): void {
  const refusal = (reason: string, cause?: unknown) =>
    new CommandError(`Cannot create a project in ${JSON.stringify(folder)}: ${reason}`, { cause });
  let content: readonly string[];
  try {
    content = readdirSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return;
    throw refusal(code === "ENOTDIR" ? "it is not a folder" : message, error);
  }
  const found = content.find((name) => !ALLOWED.has(name));
  if (found === undefined) return;
  throw refusal(`the folder already holds ${JSON.stringify(found)}; choose an empty folder with --directory`);
}

interface Created {
  readonly folder: string;
  /** True when the folder is the working directory. */
  readonly isHere: boolean;
  readonly store: Store;
  /** The number of files. */
  readonly files: number;
}

function nextSteps(name: string, { folder, isHere, store, files }: Created): string {
  const shown = /^[\w@%+=:,./\\-]+$/.test(folder) ? folder : JSON.stringify(printable(folder));
  return [
    `Created ${name}${isHere ? "" : ` in ${shown}`}, ${files} files. Next:`,
    "",
    ...(isHere ? [] : [`  cd ${shown}`]),
    "  npm install",
    "  npm test",
    ...(store === "postgres" ? ["  export DATABASE_URL=postgres://user:password@host:5432/database"] : []),
    "  npm start",
  ].join("\n");
}
