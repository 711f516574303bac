import { type ShownCommand, shownCommands } from "./shown-commands";

/** A file that is written as a whole, continued at its end, or changed as a diff says. */
export interface FileStep {
  readonly kind: "write" | "append" | "change";
  readonly file: string;
  readonly text: string;
}

/** One thing that a reader of the tutorial does: keep a file, or type a command. */
export type TutorialStep = FileStep | (ShownCommand & { readonly kind: "command" });

/** A block of code, with the line of text that introduces it, if no other block does. */
const BLOCK = /(?:^(.*)\n\n)?^```(\w*)\n([\s\S]*?)^```$/gm;

/** "`riverbank/account.ts`:" is the whole file, "Add to `riverbank/account.ts`:" the end of one. */
const FILE = /^(Add to )?`riverbank\/([\w.-]+)`:$/;

/** Blocks of these languages are files, or changes of them; blocks without one that begin with `$` are commands. */
const FILES = ["ts", "json", "toml", "diff"];

/**
 * What a chapter tells its reader to do, in order.
 * @throws Error for a block of code that names no file: nothing would test it.
 */
export function tutorialSteps(chapter: string): TutorialStep[] {
  return [...chapter.matchAll(BLOCK)].flatMap(([, introduction = "", language = "", text = ""]): TutorialStep[] => {
    if (FILES.includes(language)) return [fileStep(introduction, language, text)];
    return text.startsWith("$ ") ? shownCommands(text).map((shown) => ({ kind: "command", ...shown })) : [];
  });
}

function fileStep(introduction: string, language: string, text: string): FileStep {
  const [, addition, file] = FILE.exec(introduction) ?? [];
  if (file === undefined) throw new Error(`A block of code names no file: ${JSON.stringify(text.slice(0, 80))}`);
  return { kind: language === "diff" ? "change" : addition === undefined ? "write" : "append", file, text };
}
