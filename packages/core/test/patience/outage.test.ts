import { Outage } from "../../src/patience/outage";
import { away } from "./leaving-store";

function observed() {
  const logged: { message: string; details: object }[] = [];
  const waiting = jest.fn();
  const outage = new Outage({
    store: "the store",
    patienceMs: 30_000,
    logWarning: (message, details) => logged.push({ message, details }),
    waiting,
  });
  return { outage, logged, waiting, messages: () => logged.map(({ message }) => message.replace(/\d+ ms:/, "# ms:")) };
}

const AWAY =
  "The event store (the store) cannot be reached: calls wait for it, each for 30000 ms at most. Cannot write to the store: it went away";

it("is told once when it begins and once when it ends, however many calls wait", () => {
  const { outage, logged, messages, waiting } = observed();
  const calls = [outage.wait(away()), outage.wait(away()), outage.wait(away())];
  for (const call of calls) {
    call.isBack();
    call.end();
  }
  expect(messages()).toEqual([
    AWAY,
    "The event store (the store) can be reached again, after # ms: 3 calls had to wait",
  ]);
  expect(logged[1]!.details).toEqual({ calls: 3, outageMs: expect.any(Number) });
  expect(waiting).toHaveBeenCalledTimes(3);
});

it("is told to have come to nothing when the last call gives up; the next failure is another outage", () => {
  const { outage, messages } = observed();
  const [first, second] = [outage.wait(away()), outage.wait(away())];
  first.end();
  expect(messages()).toEqual([AWAY]);
  second.end();
  outage.wait(away()).end();
  const gaveUp = "The event store (the store) could not be reached for # ms: the calls that waited have failed";
  expect(messages()).toEqual([AWAY, gaveUp, AWAY, gaveUp]);
});

it("counts the calls of each outage by themselves", () => {
  const { outage, logged } = observed();
  for (const calls of [2, 1]) {
    const waiting = Array.from({ length: calls }, () => outage.wait(away()));
    waiting[0]!.isBack();
    for (const call of waiting) call.end();
  }
  expect(logged.map(({ details }) => (details as { calls?: number }).calls)).toEqual([undefined, 2, undefined, 1]);
});
