import { Interruption } from "../../src/io/interruption";
import { CapturedIo } from "../captured-io";

it("asks to stop on the first signal and ends at once on the second", () => {
  const io = new CapturedIo();
  const heard: string[] = [];
  using interruption = new Interruption(io);
  interruption.signal.addEventListener("abort", () => heard.push(`stopping for ${interruption.by}`));
  expect(interruption.by).toBeUndefined();

  io.signals.emit("SIGINT", "SIGINT");
  expect([heard, io.exits]).toEqual([["stopping for SIGINT"], []]);

  io.signals.emit("SIGTERM", "SIGTERM");
  expect([heard, io.exits]).toEqual([["stopping for SIGINT"], [143]]);
});

it("listens no more once the work has ended", () => {
  const io = new CapturedIo();
  new Interruption(io)[Symbol.dispose]();
  expect(io.signals.eventNames()).toEqual([]);
});
