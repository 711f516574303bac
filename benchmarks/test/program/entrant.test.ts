import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { attempt, type Entrant, type EntrantName, withEntrants } from "../../src/program/entrant";
import { inTemporaryFolder } from "../../src/temporary-folder";
import { readAll } from "../../src/workloads/read-all";
import { viewGet } from "../../src/workloads/view-rows";

const TASK = { step: "measure", workload: "read-all", variant: 0 } as const;
const MEMORY: Entrant["place"] = { contender: "tidemark", store: "memory", folder: "", url: "" };

it("lets the contenders of a workload take part in one store, and the other checkout in one of its own", async () => {
  await withEntrants(readAll, "sqlite-normal", "/other/perform-task.js", async (entrants) => {
    expect(entrants.map(({ name, place }) => [name, place.contender])).toEqual([
      ["tidemark", "tidemark"],
      ["before", "tidemark"],
      ["hand-written", "hand-written"],
      ["lean", "lean"],
    ]);
    const [tidemark, before, handWritten, lean] = entrants;
    expect(before?.program).toBe("/other/perform-task.js");
    expect(before?.place.folder).not.toBe(tidemark?.place.folder);
    expect([handWritten?.place.folder, lean?.place.folder]).toEqual([tidemark?.place.folder, tidemark?.place.folder]);
  });
});

it("has no lean code where the hand-written code is the leanest", async () => {
  await withEntrants(viewGet, "sqlite-normal", undefined, async (entrants) => {
    expect(entrants.map(({ name }) => name)).toEqual(["tidemark", "hand-written"]);
  });
});

it("leaves out what the other checkout cannot do, and fails for everybody else", async () => {
  await inTemporaryFolder(async (folder) => {
    const program = join(folder, "fails.js");
    writeFileSync(program, "process.once('message', () => process.exit(1));");
    const entrant = (name: EntrantName): Entrant => ({ name, program, place: MEMORY });
    expect(await attempt(entrant("before"), TASK, "0-0")).toBeUndefined();
    await expect(attempt(entrant("tidemark"), TASK, "0-0")).rejects.toThrow("read-all of tidemark on memory failed");
  });
});

it("takes what the process of a task sends", async () => {
  await inTemporaryFolder(async (folder) => {
    const program = join(folder, "answers.js");
    const answer = "{ figure: step === 'measure' && place.round === '0-1' ? 7 : 0 }";
    const code = `process.once("message", ({ step, place }) => process.send(${answer}, () => process.disconnect()));`;
    writeFileSync(program, code);
    expect(await attempt({ name: "lean", program, place: MEMORY }, TASK, "0-1")).toEqual({ figure: 7 });
  });
});
