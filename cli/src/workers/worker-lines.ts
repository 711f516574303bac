import { StringDecoder } from "node:string_decoder";

/** A line is printed in pieces when it is longer: a worker that prints no line feed must not fill the memory. */
const LONGEST = 64 * 1024;

/** Calls `line` with each line of a worker's output, without its line feed, and with what is left at the end. */
export function eachLine(output: NodeJS.ReadableStream, line: (text: string) => void): Promise<void> {
  const decoder = new StringDecoder("utf8");
  let rest = "";
  const add = (text: string): void => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() as string;
    for (const each of lines) line(each);
    if (rest.length < LONGEST) return;
    line(rest);
    rest = "";
  };
  output.on("data", (chunk: Buffer) => add(decoder.write(chunk)));
  return new Promise((resolve) => {
    output.once("close", () => {
      add(decoder.end());
      if (rest !== "") line(rest);
      resolve();
    });
  });
}
