import { exec } from "node:child_process";
import { delimiter, join } from "node:path";

import { REPOSITORY } from "./pages";
import type { Terminal } from "./terminal";

/** `export DATABASE_URL=postgres://…` */
const EXPORT = /^export (\w+)=(.*)$/;

/** A shell whose variables last from one command to the next. */
export class Shell implements Terminal {
  readonly env: NodeJS.ProcessEnv;

  /** @param own values of this machine, in place of those that a page exports. */
  constructor(
    private readonly folder: string,
    private readonly own: Readonly<Record<string, string>>,
  ) {
    this.env = { ...process.env };
    this.env.PATH = `${join(REPOSITORY, "node_modules/.bin")}${delimiter}${process.env.PATH}`;
    for (const name of ["DOMAIN_ENV", ...Object.keys(own)]) delete this.env[name];
  }

  async run(command: string): Promise<string> {
    const [, name, value = ""] = EXPORT.exec(command) ?? [];
    if (name !== undefined) {
      this.env[name] = this.own[name] ?? value;
      return "";
    }
    return await new Promise((resolve) => {
      exec(`(${quicker(command)}) 2>&1`, { cwd: this.folder, env: this.env }, (_, output) => resolve(output));
    });
  }
}

/** Leaves out npx, which only looks for the binary. Tests are reported as on a terminal. */
function quicker(command: string): string {
  return command.replace(/\bnpx /g, "").replace(/ --test /g, " --test-reporter=spec --test ");
}
