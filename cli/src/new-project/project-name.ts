import { builtinModules } from "node:module";

import { CommandError } from "../command-error";

/** What a new project goes by. */
export interface ProjectName {
  /** As npm knows it: `shop`, `@acme/shop`. */
  readonly package: string;
  /** The same without scope: the name of its folder and of its domain. */
  readonly base: string;
}

const NAME = /^(?:@[a-z0-9-][a-z0-9._-]*\/)?(?<base>[a-z][a-z0-9._-]*)$/;

/** What npm lets no package have. */
const MAX_LENGTH = 214;
const RESERVED: ReadonlySet<string> = new Set(["node_modules", "favicon.ico", ...builtinModules]);

/**
 * @param dependencies the packages that the project needs: npm installs none into a package of the same name.
 * @throws CommandError for what npm accepts as no package's name, or a domain does not.
 */
export function parseProjectName(text: string, dependencies: readonly string[]): ProjectName {
  const refuse = (reason: string) => new CommandError(`${JSON.stringify(text)} is not a name for a project: ${reason}`);
  const { base } = NAME.exec(text)?.groups ?? {};
  if (base === undefined) {
    throw refuse(`expected lower-case letters, digits, "-", "_" and ".", beginning with a letter${suggestion(text)}`);
  }
  if (text.length > MAX_LENGTH) throw refuse(`it has ${text.length} characters, npm allows ${MAX_LENGTH}`);
  if (RESERVED.has(text)) throw refuse("Node or npm uses it already");
  if (dependencies.includes(text)) throw refuse("the project depends on the package of that name");
  return { package: text, base };
}

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
