import { now, setImmediate } from "../../../src/ports/real-timers";
import { Turns } from "../../../src/projections/rebuild/turns";

describe("Turns", () => {
  it("lets what waits run first after some milliseconds of work", async () => {
    const turns = new Turns();
    const order: string[] = [];
    setImmediate(() => order.push("a command"));
    for (const begun = now(); now() - begun < 6; ) order.length = 0;
    await turns.next();
    order.push("the rebuild");
    expect(order).toEqual(["a command", "the rebuild"]);
  });
});
