/** Prints the tour line by line. */
export interface Printer {
  heading(text: string): void;
  line(text?: string): void;
}

/** Makes a printer for a stream: headings are bold on a terminal, and plain text in a file or a pipe. */
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
