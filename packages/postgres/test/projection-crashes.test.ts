import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PostgresEventStore } from "@tidemark/postgres";
import { projectionCrashConformance } from "@tidemark/testing/conformance";
import { buildSync } from "esbuild";

import { FreshDatabase } from "./server/fresh-database";

const folder = mkdtempSync(join(tmpdir(), "tidemark-killed-"));
const program = join(folder, "project-until-killed.js");

beforeAll(() => {
  buildSync({
    entryPoints: [join(__dirname, "fixtures", "project-until-killed.ts")],
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

projectionCrashConformance({
  name: "the PostgreSQL event store",
  kills: process.env.TIDEMARK_TEST === "full" ? 100 : 10,
  open: async () => {
    const database = await FreshDatabase.create();
    return {
      start: () => spawn(process.execPath, [program, database.url], { stdio: ["ignore", "pipe", "inherit"] }),
      reopen: async () => {
        const store = new PostgresEventStore({ url: database.url });
        await store.open();
        return store;
      },
      dispose: () => database.drop(),
    };
  },
});
