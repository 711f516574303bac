import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PostgresEventStore } from "@tidemark/postgres";
import { rebuildCrashConformance } from "@tidemark/testing/conformance";
import { buildSync } from "esbuild";

import { FreshDatabase } from "./server/fresh-database";

const folder = mkdtempSync(join(tmpdir(), "tidemark-killed-"));
const program = join(folder, "rebuild-until-killed.js");

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, "fixtures", "rebuild-until-killed.ts")],
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

rebuildCrashConformance({
  name: "the PostgreSQL event store",
  open: async () => {
    const database = await FreshDatabase.create();
    return {
      start: (moment) =>
        spawn(process.execPath, [program, database.url, moment], { stdio: ["ignore", "pipe", "inherit"] }),
      reopen: async () => {
        const store = new PostgresEventStore({ url: database.url });
        await store.open();
        return store;
      },
      dispose: () => database.drop(),
    };
  },
});
