import { resolve } from "node:path";

import { ExitStatus } from "../exit-status";
import { dependenciesOf, projectFiles, type Store } from "../new-project/project-files";
import { parseProjectName } from "../new-project/project-name";
import { writeProject } from "../new-project/write-project";
import { printable } from "../printable";
import { claimStandardOutput } from "../results";

export interface NewOptions {
  /** Where the project is to stand; a folder of its name where absent. */
  readonly directory?: string;
  readonly store: Store;
  readonly json?: boolean;
}

/** `domain new <name>` */
export async function newProject(text: string, { directory, store, json }: NewOptions): Promise<number> {
  const results = claimStandardOutput();
  const name = parseProjectName(text, dependenciesOf(store));
  const folder = directory ?? name.base;
  const files = projectFiles(name, store);
  writeProject(folder, files);
  if (json) await results.document({ name: name.package, directory: resolve(folder), store, files: [...files.keys()] });
  else await results.line(nextSteps(name.package, folder, store, files.size).join("\n"));
  return ExitStatus.done;
}

function nextSteps(name: string, folder: string, store: Store, files: number): string[] {
  const shown = /^[\w@%+=:,./\\-]+$/.test(folder) ? folder : JSON.stringify(printable(folder));
  const isHere = resolve(folder) === process.cwd();
  return [
    `Created ${name}${isHere ? "" : ` in ${shown}`}, ${files} files. Next:`,
    "",
    ...(isHere ? [] : [`  cd ${shown}`]),
    "  npm install",
    "  npm test",
    ...(store === "postgres" ? ["  export DATABASE_URL=postgres://user:password@host:5432/database"] : []),
    "  npm start",
  ];
}
