import { z } from "zod";

import { Aggregate, apply, Command, Domain, DomainEvent, handle, identifier } from "../../src/index";

/** A domain in which each step of a command leaves a mark. */
function observedDomain() {
  const steps: string[] = [];
  const domain = new Domain("desk", { root: "/", config: { snapshot_threshold: 0 } });

  @domain.event({ partOf: "Desk" })
  class Used extends DomainEvent({ deskId: identifier() }) {}

  @domain.aggregate({ eventSourced: true })
  class Desk extends Aggregate({ uses: z.number().default(0) }) {
    @apply(Used)
    onUsed(_: Used): void {
      this.uses++;
    }
  }

  @domain.command({ partOf: Desk })
  class Use extends Command({ deskId: identifier() }, { returns: z.number() }) {}

  @domain.commandHandler({ partOf: Desk })
  class DeskHandler {
    @handle(Use)
    async use({ deskId }: Use): Promise<number> {
      const desks = domain.repositoryFor(Desk);
      const desk = (await desks.find(deskId)) ?? Desk.createNew({ id: deskId });
      steps.push(`handler at ${desk.version}`);
      if (lost.next) {
        lost.next = false;
        await domain.eventStore.append([
          { stream: `desk::desk-${deskId}`, events: [{ type: "Desk.Used.v1", data: { deskId } }] },
        ]);
      }
      desk.raise(new Used({ deskId }));
      await desks.add(desk);
      return desk.uses;
    }
  }

  const lost = { next: false };
  domain.use(async (_, next) => {
    steps.push("first middleware");
    const result = await next();
    steps.push(`first middleware after ${result}`);
    return result;
  });
  domain.use(async (_, next, context) => {
    steps.push(`second middleware at attempt ${context.attempt}`);
    const result = await next();
    steps.push(`second middleware after attempt ${context.attempt}`);
    return result;
  });
  return { domain, Use, DeskHandler, steps, lost };
}

describe("the pipeline of a command", () => {
  it("goes through middleware once, and through a new unit of work for each attempt", async () => {
    const { domain, Use, steps, lost } = observedDomain();
    await domain.init();
    lost.next = true;
    expect(await domain.process(new Use({ deskId: "1" }))).toBe(2);
    expect(steps).toEqual([
      "first middleware",
      "second middleware at attempt 0",
      "handler at -1",
      "handler at 0",
      "second middleware after attempt 2",
      "first middleware after 2",
    ]);
    await domain.close();
  });

  it("answers a repeated key inside the middleware, without an attempt", async () => {
    const { domain, Use, steps } = observedDomain();
    await domain.init();
    const options = { idempotencyKey: "k-1" };
    expect(await domain.process(new Use({ deskId: "1" }), options)).toBe(1);
    steps.length = 0;
    expect(await domain.process(new Use({ deskId: "1" }), options)).toBe(1);
    expect(steps).toEqual([
      "first middleware",
      "second middleware at attempt 0",
      "second middleware after attempt 0",
      "first middleware after 1",
    ]);
    await domain.close();
  });

  it("gives a command up before any other step when it was given up before", async () => {
    const { domain, Use, steps } = observedDomain();
    await domain.init();
    const processed = domain.process(new Use({ deskId: "1" }), { signal: AbortSignal.abort(new Error("gone")) });
    await expect(processed).rejects.toMatchObject({ code: "COMMAND_ABORTED" });
    expect(steps).toEqual([]);
    await domain.close();
  });
});
