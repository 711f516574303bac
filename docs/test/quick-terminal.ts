import { CompiledFolder } from "./compiled-folder";
import { runDomain } from "./run-domain";
import type { Shell } from "./shell";
import type { Terminal } from "./terminal";

/** `DOMAIN_ENV=production npx domain check` */
const DOMAIN = /^((?:\w+=\S+ )*)(?:npx )?domain (.*)$/;

/** What needs a shell to be understood. */
const SHELL_SYNTAX = /[|<>;&$`\\]/;

const TSX = /^(?:npx tsx|node --import tsx) /;

/**
 * Runs `domain` in the process of the tests, and what a reader runs by tsx as it is compiled once: most of the time of a
 * command goes into starting Node, loading the compiler, and compiling. Everything else is left to the shell.
 */
export class QuickTerminal implements Terminal {
  private readonly compiled: CompiledFolder;

  constructor(
    private readonly folder: string,
    private readonly shell: Shell,
  ) {
    this.compiled = new CompiledFolder(folder);
  }

  async run(command: string): Promise<string> {
    this.compiled.update();
    const [, variables = "", args] = DOMAIN.exec(command) ?? [];
    if (args !== undefined && !SHELL_SYNTAX.test(args)) {
      const env = { ...this.shell.env, ...Object.fromEntries(words(variables).map((word) => word.split("="))) };
      return await runDomain(words(args), this.folder, env, (path) => this.compiled.load(path));
    }
    return await this.shell.run(TSX.test(command) ? asCompiled(command) : command);
  }
}

function words(text: string): string[] {
  return (text.replace(/\s#.*$/, "").match(/(?:"[^"]*"|\S)+/g) ?? []).map((word) => word.replaceAll('"', ""));
}

function asCompiled(command: string): string {
  return command.replace(TSX, "node ").replace(/\.ts\b/g, ".js");
}
