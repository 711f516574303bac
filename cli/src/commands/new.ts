import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

import { type Command, Option } from "commander";

import { ask, isYes } from "../io/ask";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { type Choices, DECORATORS, STORES, TEST_RUNNERS } from "../new-project/choices";
import { makeRepository } from "../new-project/git-repository";
import { packagesOf } from "../new-project/manifest";
import { installPackages, packageManager } from "../new-project/package-manager";
import { projectFiles } from "../new-project/project-files";
import { parseProjectName } from "../new-project/project-name";
import { namedSample, sampleNames } from "../new-project/sample-names";
import { printable } from "../printing/printable";
import { Results } from "../printing/results";
import { jsonOption, type Runtime } from "./declaration";

interface NewOptions extends Omit<Choices, "esm"> {
  /** The folder of the project; default: the project's name. */
  readonly directory?: string;
  /** The class of the sample; default: the project's name. */
  readonly aggregate?: string;
  readonly esm?: boolean;
  readonly git: boolean;
  /** Undefined: ask. */
  readonly install?: boolean;
  readonly json?: boolean;
}

/** Declares `domain new <name>`. */
export function declareNew(program: Command, { io, end }: Runtime): void {
  program
    .command("new")
    .description("write a small working project: an aggregate with events and commands, a test, domain.toml")
    .argument("[name]", "the name of the package and the domain, such as shop or @acme/shop (default: ask)")
    .option("--directory <path>", "the folder of the project, which must be new or empty (default: the name)")
    .option("--aggregate <Name>", "the class of its aggregate, such as Order (default: after the name)")
    .addOption(new Option("--store <name>", "where the project stores its events").choices(STORES).default("sqlite"))
    .addOption(
      new Option("--decorators <kind>", "standard decorators, or TypeScript's older ones, which every tool knows")
        .choices(DECORATORS)
        .default("legacy"),
    )
    .addOption(new Option("--test <runner>", "what runs its tests").choices(TEST_RUNNERS).default("node"))
    .option("--esm", "ES modules instead of CommonJS")
    .option("--no-git", "do not make the folder a git repository")
    .option("--install", "install the packages (default: ask on a terminal)")
    .option("--no-install", "do not install the packages, and do not ask")
    .addOption(jsonOption())
    .action(async (name: string | undefined, _options, command: Command) =>
      end(await newProject(io, name ?? (await ask(io, "The name of the project:")), command.optsWithGlobals())),
    );
}

async function newProject(io: Io, text: string | undefined, options: NewOptions): Promise<number> {
  const { directory, aggregate, git, json = false, esm = false, store, decorators, test } = options;
  const choices: Choices = { store, decorators, test, esm };
  const results = new Results(io.stdout);
  if (text === undefined) throw new CommandError("Cannot create a project: give its name, such as domain new shop");
  const name = parseProjectName(text, packagesOf(choices));
  const sample = aggregate === undefined ? sampleNames(name.base) : namedSample(aggregate);
  const folder = directory ?? name.base;
  const path = resolve(io.cwd, folder);
  const files = projectFiles({ name, sample, folder: path, ...choices });
  refuseUsedFolder(folder, path);
  for (const [file, content] of files) {
    mkdirSync(dirname(join(path, file)), { recursive: true });
    writeFileSync(join(path, file), content, { flag: "wx" });
  }
  if (git && !makeRepository(path)) io.stderr.write("The folder is not a git repository: git is missing or failed.\n");
  const isHere = path === io.cwd;
  if (!json) await results.line(`Created ${name.package}${isHere ? "" : ` in ${shown(folder)}`}, ${files.size} files.`);
  const isInstalled = options.install ?? (!json && isYes(await ask(io, "Install the packages now? (Y/n)")));
  if (isInstalled) await installPackages(io, path);
  if (json) {
    const document = { name: name.package, directory: path, aggregate: sample.type, ...choices };
    await results.document({ ...document, installed: isInstalled, files: [...files.keys()] });
  } else {
    const manager = packageManager(io.env);
    await results.line(
      [
        "Next:",
        "",
        ...(isHere ? [] : [`  cd ${shown(folder)}`]),
        ...(isInstalled ? [] : [`  ${manager} install`]),
        `  ${manager === "bun" ? "bun run" : manager} test`,
        ...(store === "postgres" ? ["  export DATABASE_URL=postgres://user:password@host:5432/database"] : []),
        `  ${manager === "bun" ? "bun run" : manager} start`,
      ].join("\n"),
    );
  }
  return ExitStatus.done;
}

function shown(folder: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(folder) ? folder : JSON.stringify(printable(folder));
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
