import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { EventStoreConformance } from "@tidemark/testing/conformance";

import { JsonlEventStore } from "../src";

export const jsonl: EventStoreConformance = {
  name: "the JSON lines event store",
  abilities: { durable: true, sharedByProcesses: false, detectsDamage: false },
  leavesOut: ["operations", "onAppend", "forget"],
  sizes: "small",
  open: async () => {
    const folder = mkdtempSync(join(tmpdir(), "jsonl-"));
    let adapter = new JsonlEventStore({ path: join(folder, "events.jsonl"), flush: false });
    adapter.open();
    return {
      adapter,
      reopen: async () => {
        adapter.close();
        adapter = new JsonlEventStore({ path: join(folder, "events.jsonl"), flush: false });
        adapter.open();
        return adapter;
      },
      dispose: async () => {
        adapter.close();
        rmSync(folder, { recursive: true });
      },
    };
  },
};
