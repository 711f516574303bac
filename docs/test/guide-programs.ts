/** A run of snippets that belong together, as one TypeScript module that exports one async function, `run`. */
export interface GuideProgram {
  /** Each statement stands in the line that it has in the guide. */
  readonly text: string;
}

interface Block {
  /** How many lines of the guide come before its first line of code. */
  readonly linesBefore: number;
  readonly code: string;
}

/** ` ```ts `, ` ```ts program ` (a new beginning), and the same as comments, which are run but not shown: `<!-- ts program … -->`. */
const BLOCK = /^(?:```|<!-- )ts( program)?\n([\s\S]*?)^(?:```|-->)$/gm;

const IMPORT = /^import [^;]*;$/gm;

/** Inside a function nothing is exported; snippets show what a module of theirs would. */
const EXPORTED = /^export (?=(?:abstract |async )?(?:class|const|function|interface|type) )/gm;

/** A line such as `console.log(account.balance);   // 120` claims what it prints. */
const CLAIM = /^(\s*)console\.log\((.*)\);\s*\/\/ (.*)$/;

/** The programs that a guide's snippets make, in order. Later snippets of a program use what earlier ones declared. */
export function guidePrograms(markdown: string): GuideProgram[] {
  const programs: Block[][] = [];
  for (const { index, 1: program, 2: code = "" } of markdown.matchAll(BLOCK)) {
    const linesBefore = markdown.slice(0, index).split("\n").length;
    if (program !== undefined || programs.length === 0) programs.push([]);
    programs.at(-1)?.push({ linesBefore, code });
  }
  return programs.map((blocks) => ({ text: moduleOf(blocks) }));
}

function moduleOf(blocks: readonly Block[]): string {
  const imports: string[] = [];
  const lines: string[] = [];
  for (const { linesBefore, code } of blocks) {
    const body = code.replace(EXPORTED, "").replace(IMPORT, (statement) => {
      imports.push(statement.replaceAll("\n", " "));
      return statement.replace(/[^\n]+/g, "");
    });
    while (lines.length < linesBefore) lines.push("");
    lines.push(...body.trimEnd().split("\n"));
  }
  const claiming = lines.map((line, index) =>
    line.replace(CLAIM, (_, indent: string, shown: string, expected: string) => {
      return `${indent}claim(${index + 1}, ${JSON.stringify(expected.trim())}, ${shown});`;
    }),
  );
  claiming[0] = `${imports.join(" ")} export async function run(claim: Claim): Promise<void> {`;
  return `${claiming.join("\n")}\n}\ntype Claim = (line: number, expected: string, ...shown: unknown[]) => void;\n`;
}
