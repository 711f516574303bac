import { Interruption } from "../../src/io/interruption";
import { CapturedIo } from "../captured-io";

it("asks to stop on the first signal and ends at once on the second", () => {
  const io = new CapturedIo();
  const aborts: string[] = [];
  using interruption = new Interruption(io);
  interruption.signal.addEventListener("abort", () => aborts.push(`stopping for ${interruption.by}`));
  expect(interruption.by).toBeUndefined();

  io.signals.emit("SIGINT", "SIGINT");
  expect([aborts, io.exits]).toEqual([["stopping for SIGINT"], []]);

  io.signals.emit("SIGTERM", "SIGTERM");
  expect([aborts, io.exits]).toEqual([["stopping for SIGINT"], [143]]);
});

it("leaves the second signal to the work that asks for it", () => {
  const io = new CapturedIo();
  const second: string[] = [];
  using _ = new Interruption(io, (signal) => second.push(signal));
  io.signals.emit("SIGINT", "SIGINT");
  io.signals.emit("SIGTERM", "SIGTERM");
  expect([second, io.exits]).toEqual([["SIGTERM"], []]);
});

it("stops listening when the work has ended", () => {
  const io = new CapturedIo();
  new Interruption(io)[Symbol.dispose]();
  expect(io.signals.eventNames()).toEqual([]);
});
