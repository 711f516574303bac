import { builtinModules } from "node:module";

import { CommandError } from "../io/command-error";

/** The names of a new project. */
export interface ProjectName {
  /** The name of the npm package: `shop`, `@acme/shop`. */
  readonly package: string;
  /** The same without scope: the name of the folder and of the domain. */
  readonly base: string;
}

const NAME = /^(?:@[a-z0-9-][a-z0-9._-]*\/)?(?<base>[a-z][a-z0-9._-]*)$/;

/** The longest name that npm accepts. */
const MAX_LENGTH = 214;

/** The names that npm refuses. */
const RESERVED: ReadonlySet<string> = new Set(["node_modules", "favicon.ico", ...builtinModules]);

/**
 * Parses the name of a new project.
 *
 * @param dependencies the packages of the project: npm installs no package into a package with the same name.
 * @throws CommandError for a name that npm or a domain does not accept.
 */
export function parseProjectName(text: string, dependencies: readonly string[]): ProjectName {
  const refusal = (reason: string) => new CommandError(`Cannot name a project ${JSON.stringify(text)}: ${reason}`);
  const { base } = NAME.exec(text)?.groups ?? {};
  if (base === undefined) {
    throw refusal(`expected lower-case letters, digits, "-", "_" and ".", starting with a letter${suggestion(text)}`);
  }
  if (text.length > MAX_LENGTH) throw refusal(`it has ${text.length} characters, npm allows ${MAX_LENGTH}`);
  if (RESERVED.has(text)) throw refusal("Node or npm already uses that name");
  if (dependencies.includes(text)) throw refusal("the project depends on a package with that name");
  return { package: text, base };
}

/** Returns a question that proposes the nearest valid name, or nothing where there is none. */
function suggestion(text: string): string {
  const fitting = text
    .replace(/(\p{Ll})(\p{Lu})/gu, "$1-$2")
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  return NAME.test(fitting) ? `; did you mean ${JSON.stringify(fitting)}?` : "";
}
