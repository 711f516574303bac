import { readFileSync } from "node:fs";
import { join } from "node:path";

import { REPOSITORY } from "./packed-packages";

export type Flavour = "older" | "standard";

/** A row of the table in docs/guides/tools.md. */
export interface ToolRow {
  readonly tool: string;
  readonly decorators: Flavour;
  /** What the tool needs, without the markup: each is a part of a file of configuration, the name of one, or an option. */
  readonly needs: readonly string[];
  readonly command: string;
  /** Whether `@apply` works without an event. */
  readonly shortForm: boolean;
}

const PAGE = readFileSync(join(REPOSITORY, "docs/guides/tools.md"), "utf8");

export const ROWS: readonly ToolRow[] = [...PAGE.matchAll(/^\| (?!tool |---)(.*) \|$/gm)].map(([, line = ""]) => {
  const [tool = "", decorators, needs = "", command = "", shortForm] = line.split(/ ?\| ?/);
  return {
    tool,
    decorators: decorators as Flavour,
    needs: [...needs.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text),
    command: command.replaceAll("`", ""),
    shortForm: shortForm === "yes",
  };
});

/** Returns the tsconfig.json that the page shows, for one kind of decorators. */
export function shownTsconfig(decorators: Flavour): string {
  const [, json = ""] = /^## tsconfig\.json\n[\s\S]*?^```json\n([\s\S]*?)^```$/m.exec(PAGE) ?? [];
  return decorators === "older" ? json : json.replace(/^.*(?:Decorators|Metadata)": true,\n/gm, "");
}

/** Returns the file of that name that the page shows for one kind of decorators, or for both. */
export function shownFile(name: string, decorators: Flavour): string | undefined {
  const introduced = `\`${name.replaceAll(".", "\\.")}\`(?: for ${decorators} decorators)?:\n\n\`\`\`\\w+\n([\\s\\S]*?)^\`\`\`$`;
  return new RegExp(introduced, "m").exec(PAGE)?.[1];
}
