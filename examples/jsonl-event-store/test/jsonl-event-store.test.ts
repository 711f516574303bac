import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  commandConformance,
  eventStoreConformance,
  factConformance,
  followConformance,
  snapshotConformance,
} from "@tidemark/testing/conformance";

import { buildSync } from "esbuild";

import { JsonlEventStore, provider } from "../src";
import { jsonl } from "./jsonl-conformance";

eventStoreConformance(jsonl);
snapshotConformance(jsonl);
factConformance(jsonl);
followConformance(jsonl);
commandConformance(jsonl);

describe("JsonlEventStore", () => {
  const folder = mkdtempSync(join(tmpdir(), "jsonl-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  const note = (id: string) => ({ id, type: "Noted", time: 0, data: `{"of":"${id}"}`, metadata: "{}" });
  const account = { stream: "account-1", category: "account" };

  async function opened(path: string): Promise<JsonlEventStore> {
    const store = new JsonlEventStore({ path });
    store.open();
    return store;
  }

  it("cuts off what a crash left of its last line, and appends in its place", async () => {
    const path = join(folder, "torn.jsonl");
    const first = await opened(path);
    await first.log.append([{ ...account, messages: [note("a"), note("b")] }]);
    first.close();
    const whole = readFileSync(path);
    for (const torn of [
      '{"app',
      `{"append":[{"stream":"account-1","category":"account","messages":[${"x".repeat(500)}`,
    ]) {
      writeFileSync(path, whole);
      appendFileSync(path, torn);
      const store = await opened(path);
      await store.log.append([{ ...account, expectedVersion: 1, messages: [note("c")] }]);
      store.close();
      const again = await opened(path);
      expect(again.log.readAll({ after: 0, limit: 10 }).messages.map(({ id }) => id)).toEqual(["a", "b", "c"]);
      again.close();
    }
  });

  it("opens a file whose very first line was cut short", async () => {
    const path = join(folder, "first.jsonl");
    writeFileSync(path, '{"for');
    const store = await opened(path);
    await store.log.append([{ ...account, messages: [note("a")] }]);
    store.close();
    const again = await opened(path);
    expect(again.log.version(account)).toBe(0);
    again.close();
  });

  it("refuses a file of another kind, a damaged line and a newer format, naming the file", async () => {
    const path = join(folder, "other.jsonl");
    writeFileSync(path, "Dear diary,\n");
    await expect(opened(path)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: `Cannot open JSON lines file "${path}": it holds no events; name another file`,
    });
    writeFileSync(path, '{"format":1}\n{"append":\n');
    await expect(opened(path)).rejects.toMatchObject({
      code: "STORE_UNAVAILABLE",
      message: expect.stringContaining("line 2 is damaged"),
    });
    writeFileSync(path, '{"format":2}\n');
    await expect(opened(path)).rejects.toMatchObject({
      code: "INVALID_CONFIGURATION",
      message: expect.stringContaining("has format 2"),
    });
    await expect(opened(folder)).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  it("refuses to write before it is opened and after it is closed", async () => {
    const store = new JsonlEventStore({ path: join(folder, "closed.jsonl") });
    await expect(store.log.append([{ ...account, messages: [note("a")] }])).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
    });
    store.open();
    store.close();
    await expect(store.log.append([{ ...account, messages: [note("a")] }])).rejects.toMatchObject({
      code: "INCORRECT_USAGE",
    });
  });

  it("is made by its provider, on a path that starts from the root", async () => {
    const store = provider.create(provider.settings.parse({ path: "data/bank.jsonl" }), {
      root: folder,
      domain: "bank",
    });
    expect(store.description).toBe(`JSON lines file "${join(folder, "data/bank.jsonl")}"`);
    expect(provider.settings.safeParse({ pth: "bank.jsonl" }).success).toBe(false);
  });

  it("passes the suites under node's own test runner as well", () => {
    const outfile = join(folder, "under-node.js");
    buildSync({
      entryPoints: [join(__dirname, "fixtures/under-node.ts")],
      outfile,
      bundle: true,
      platform: "node",
      target: "node20",
      conditions: ["@tidemark/source"],
      logLevel: "error",
    });
    const { status, stdout } = spawnSync(process.execPath, ["--test-reporter=tap", outfile], {
      encoding: "utf8",
      maxBuffer: 2 ** 26,
    });
    expect({ status, failures: stdout.match(/^ *not ok .*$/gm) }).toEqual({ status: 0, failures: null });
    expect(Number(/^# pass (\d+)$/m.exec(stdout)?.[1])).toBeGreaterThan(100);
  });
});
