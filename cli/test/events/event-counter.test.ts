import { EventCounter } from "../../src/events/event-counter";
import { CapturedOutput } from "../captured-io";

function counted(events: number, isTTY: boolean): string {
  const stream = new CapturedOutput(isTTY ? { terminal: 80 } : {});
  const counter = new EventCounter(stream);
  for (let event = 0; event < events; event++) counter.step();
  counter.clear();
  counter.clear();
  return stream.text;
}

it("says on a terminal how many events were read, and goes away again", () => {
  expect(counted(256, true)).toBe("256 events read\u001b[1G\u001b[2K");
});

it("says nothing of a scan that is soon over", () => {
  expect(counted(255, true)).toBe("");
});

it("says nothing where there is no terminal", () => {
  expect(counted(1_000, false)).toBe("");
});
