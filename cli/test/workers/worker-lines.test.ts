import { PassThrough } from "node:stream";

import { eachLine } from "../../src/workers/worker-lines";

describe("eachLine", () => {
  it("passes on whole lines, whatever pieces they come in, and what is left at the end", async () => {
    const output = new PassThrough();
    const lines: string[] = [];
    const ended = eachLine(output, (line) => lines.push(line));
    const bytes = Buffer.from("one\ntwö\n\nthree");
    for (const byte of bytes) output.write(Buffer.from([byte]));
    output.end();
    await ended;
    expect(lines).toEqual(["one", "twö", "", "three"]);
  });
});
