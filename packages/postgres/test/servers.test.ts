import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PostgresEventStore } from "@tidemark/postgres";
import { serverConformance } from "@tidemark/testing/conformance";
import { buildSync } from "esbuild";

import { FreshDatabase } from "./server/fresh-database";

const isFull = process.env.TIDEMARK_TEST === "full";
const folder = mkdtempSync(join(tmpdir(), "tidemark-served-"));
const program = join(folder, "server-or-writer.js");

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, "fixtures", "server-or-writer.ts")],
    outfile: program,
    bundle: true,
    platform: "node",
    target: "node20",
    conditions: ["@tidemark/source"],
    external: ["pg-native"],
    logLevel: "error",
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

serverConformance({
  name: "the PostgreSQL event store",
  settledMs: isFull ? 5_000 : 500,
  ...(isFull && { report: (line: string) => process.stdout.write(`  PostgreSQL: ${line}\n`) }),
  open: async () => {
    const database = await FreshDatabase.create();
    const start = (...args: readonly string[]) =>
      spawn(process.execPath, [program, database.url, ...args], { stdio: ["ignore", "pipe", "inherit"] });
    return {
      serve: () => start(),
      write: (tills) => start(String(tills)),
      reopen: async () => {
        const store = new PostgresEventStore({ url: database.url });
        await store.open();
        return store;
      },
      dispose: () => database.drop(),
    };
  },
});
