import { tmpdir } from "node:os";

import { z } from "zod";

import { Aggregate, apply, Domain, DomainEvent } from "../../src/index";

describe("a field that was undefined in the snapshot", () => {
  it("is undefined again, although it has a default", async () => {
    const domain = new Domain("fields", { root: tmpdir() });

    @domain.event({ partOf: "Form" })
    class Cleared extends DomainEvent({}) {}

    @domain.aggregate({ eventSourced: true })
    class Form extends Aggregate({ note: z.string().default("to be filled in").optional() }) {
      @apply(Cleared)
      onCleared(_event: Cleared): void {
        this.note = undefined;
      }
    }

    await domain.init();
    const form = Form.createNew({ id: "1" });
    form.raise(new Cleared());
    await domain.repositoryFor(Form).add(form);
    await domain.createSnapshot(form);
    const loaded = await domain.repositoryFor(Form).get("1");
    expect([form.note, loaded.note, Object.keys(loaded)]).toEqual([undefined, undefined, ["note"]]);
  });
});
