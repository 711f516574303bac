import { existsSync, readlinkSync } from "node:fs";
import { join } from "node:path";

import { inFreshProcess } from "../../src/program/fresh-process";
import { inOtherCheckout } from "../../src/program/other-checkout";
import type { Place } from "../../src/program/place";
import { inTemporaryFolder } from "../../src/temporary-folder";

const REPOSITORY = join(__dirname, "../../..");
const PLACE: Place = { contender: "tidemark", store: "memory", folder: "", url: "", round: "0-0" };

it("measures the packages of another checkout with the program of this one", async () => {
  const program = await inOtherCheckout(REPOSITORY, async (copy) => {
    expect(readlinkSync(join(copy, "../../../../node_modules"))).toBe(join(REPOSITORY, "node_modules"));
    const sample = await inFreshProcess(
      { step: "measure", workload: "first-commands", variant: 0, place: PLACE },
      copy,
    );
    expect(sample.figure).toBeGreaterThan(1);
    expect(sample.cpuMs).toBeGreaterThan(0);
    expect(sample.heapBytes).toBeGreaterThan(1_000);
    return copy;
  });
  expect(existsSync(program)).toBe(false);
  expect(existsSync(join(REPOSITORY, "node_modules"))).toBe(true);
});

it("refuses a folder where nothing is built", async () => {
  await inTemporaryFolder(async (folder) => {
    const body = jest.fn();
    await expect(inOtherCheckout(folder, body)).rejects.toThrow(
      `There are no built packages in "${folder}". Run npm ci and npm run build there.`,
    );
    expect(body).not.toHaveBeenCalled();
  });
});
