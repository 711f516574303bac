import { Results } from "../src/results";

const failing = (code: string) =>
  new Results((_text, done) => done(Object.assign(new Error(`write ${code}`), { code })));

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
  const results = new Results((text, done) => done(void written.push(text)));
  results.beforePrint(() => written.push("room"));
  await results.line("one");
  await results.line("two");
  expect(written).toEqual(["room", "one\n", "room", "two\n"]);
});
