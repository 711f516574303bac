/** Where the tour writes to, a line at a time. */
export interface Printer {
  heading(text: string): void;
  line(text?: string): void;
}

/** Headings stand out on a terminal; into a file or a pipe goes plain text. */
export function terminalPrinter(stream: NodeJS.WriteStream): Printer {
  const bold = (text: string) =>
    stream.isTTY && process.env.NO_COLOR === undefined ? `\u001b[1m${text}\u001b[22m` : text;
  const line = (text = "") => void stream.write(`${text}\n`);
  return {
    heading(text) {
      line(bold(text));
      line();
    },
    line,
  };
}
