import { sampledIds } from "../../../src/states/operating/sampled-ids";

const IDS = Array.from({ length: 300 }, (_, index) => `id-${index + 100}`);

async function taken(sample: number | undefined, seed = 1): Promise<string[]> {
  async function* all() {
    yield* IDS;
  }
  const ids: string[] = [];
  for await (const id of sampledIds(all(), { sample, seed })) ids.push(id);
  return ids;
}

describe("sampledIds", () => {
  it("gives all ids where no number is asked for, and where there are fewer", async () => {
    expect(await taken(undefined)).toEqual(IDS);
    expect(await taken(1_000)).toEqual(IDS);
  });

  it("gives as many as are asked for, in their order, each once", async () => {
    const ids = await taken(20);
    expect(new Set(ids).size).toBe(20);
    expect(ids).toEqual(IDS.filter((id) => ids.includes(id)));
  });

  it("chooses the same ids for the same seed, and others for another", async () => {
    expect(await taken(20)).toEqual(await taken(20));
    expect(await taken(20, 2)).not.toEqual(await taken(20));
  });
});
