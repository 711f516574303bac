import { Results } from "../../src/printing/results";
import { CapturedOutput } from "../captured-io";

const failing = (code: string) =>
  new Results({ write: (_text, done) => done?.(Object.assign(new Error(`write ${code}`), { code })) });

it("stops quietly when the reader of a pipe is gone", async () => {
  const results = failing("EPIPE");
  expect(results.isClosed).toBe(false);
  await results.line("one");
  expect(results.isClosed).toBe(true);
});

it("fails when the disk behind it is full", async () => {
  await expect(failing("ENOSPC").line("one")).rejects.toThrow("write ENOSPC");
});

it("has room made before each piece of output", async () => {
  const written: string[] = [];
  const results = new Results({ write: (text, done) => done?.(void written.push(text)) });
  results.beforePrint(() => written.push("room"));
  await results.line("one");
  await results.line("two");
  expect(written).toEqual(["room", "one\n", "room", "two\n"]);
});

it.each([
  ["a terminal", { terminal: 100 }, 100],
  ["a terminal that does not say how wide it is", { terminal: 0 }, 80],
  ["a pipe", {}, undefined],
])("gives lines the width of %s", (_, kind, width) => {
  expect(new Results(new CapturedOutput(kind)).width).toBe(width);
});

it("prints an array in chunks, an item a line, and stops at a closed pipe", async () => {
  const output = new CapturedOutput();
  const results = new Results(output);
  await results.array(sequence(3));
  expect(output.text).toBe("[\n0,\n1,\n2\n]");

  const closed = new CapturedOutput();
  closed.onWrite = () => closed.closeReader();
  let asked = 0;
  const counted = (async function* () {
    for await (const item of sequence(100_000)) {
      asked++;
      yield item;
    }
  })();
  await new Results(closed).array(counted);
  expect(closed.text.startsWith("[\n0,\n1,")).toBe(true);
  expect(asked).toBeLessThan(100_000);
});

it("prints an empty array on one line", async () => {
  const output = new CapturedOutput();
  await new Results(output).array(sequence(0));
  expect(output.text).toBe("[]");
});

async function* sequence(length: number): AsyncGenerator<number> {
  for (let item = 0; item < length; item++) yield item;
}
