import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent } from "../../src/index";

/** An aggregate that keeps what no store can. */
function unstorable() {
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message) };
  const config = { snapshot_threshold: 0, cache: { max_aggregates: 10 } };
  const domain = new Domain("notes", { root: "/", config, logger });

  @domain.event({ partOf: "Notes" })
  class Noted extends DomainEvent({ text: z.string() }) {}

  @domain.aggregate({ eventSourced: true })
  class Notes extends Aggregate({ seen: z.any() }) {
    @apply(Noted)
    onNoted({ text }: Noted): void {
      this.seen = new Set([...((this.seen as Set<string> | undefined) ?? []), text]);
    }
  }
  return { domain, Notes, Noted, warnings };
}

it("says once of a class that its state cannot be cached, and goes on without", async () => {
  const { domain, Notes, Noted, warnings } = unstorable();
  await domain.init();
  const all = domain.repositoryFor(Notes);
  for (const id of ["1", "2"]) {
    const notes = Notes.createNew({ id });
    notes.raise(new Noted({ text: id }));
    await all.add(notes);
    for (let load = 0; load < 2; load++) expect((await all.get(id)).seen).toEqual(new Set([id]));
  }
  expect(warnings).toEqual([
    expect.stringMatching(/^Notes "1" not cached: .*seen.*; each load of it reads the store$/),
  ]);
  expect(domain.cacheStats()).toEqual({ aggregates: 0, bytes: 0, hits: 0, misses: 4, stale: 0, evictions: 0 });
});
