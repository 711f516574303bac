import { type ShownCommand, shownCommands } from "./shown-commands";

/** What a reader has who did everything that a guide says: files by name, and the commands that were given. */
export interface GuideProject {
  readonly files: ReadonlyMap<string, string>;
  readonly commands: readonly ShownCommand[];
}

/** A block of code, with the line of text that introduces it, if no other block does. */
const BLOCK = /(?:^(.*)\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm;

/** "`bank/main.ts`:" */
const FILE = /`bank\/([\w.-]+)`/;

const LANGUAGES = ["ts", "json", "toml"];

/**
 * The project that a guide leads to. A block of code belongs to the file that its introduction names, after what stands there
 * already; else to the first file of its language, or, where it has imports of its own, to a test file of its own.
 */
export function guideProject(markdown: string): GuideProject {
  const files = new Map<string, string>();
  const commands: ShownCommand[] = [];
  for (const { 1: introduction = "", 2: language = "", 3: code = "" } of markdown.matchAll(BLOCK)) {
    if (LANGUAGES.includes(language)) {
      const file = FILE.exec(introduction)?.[1] ?? unnamed(language, code, [...files.keys()]);
      files.set(file, (files.get(file) ?? "") + code);
    } else if (code.startsWith("$ ")) {
      commands.push(...shownCommands(code));
    }
  }
  return { files, commands };
}

function unnamed(language: string, code: string, files: readonly string[]): string {
  const first = files.find((file) => file.endsWith(`.${language}`));
  return first === undefined || code.startsWith("import ") ? `unnamed-${files.length}.test.${language}` : first;
}
