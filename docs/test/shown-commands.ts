/** A command that a page shows, and the lines that it says it prints. */
export interface ShownCommand {
  readonly command: string;
  readonly output: string;
}

/** The commands of a block of code, each behind a `$`. */
export function shownCommands(block: string): ShownCommand[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((text) => {
      const [command = "", ...output] = text.split("\n");
      return { command, output: output.join("\n") };
    });
}
