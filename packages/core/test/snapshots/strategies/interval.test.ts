import { type Duration, interval } from "../../../src/index";
import { context } from "./context";

describe("interval", () => {
  it("is due when the last snapshot is that old, and for an aggregate without one", () => {
    const hourly = interval({ hours: 1 });
    const due = [3_599_999, 3_600_000, Number.POSITIVE_INFINITY].map((msSince) => hourly(context({ msSince })));
    expect(due).toEqual([false, true, true]);
  });

  it("adds up its parts", () => {
    const length = ((1 * 24 + 2) * 60 + 3) * 60 + 4.5;
    const due = [length * 1_000 - 1, length * 1_000].map((msSince) =>
      interval({ days: 1, hours: 2, minutes: 3, seconds: 4.5 })(context({ msSince })),
    );
    expect(due).toEqual([false, true]);
  });

  it("is not due when nothing happened since", () => {
    expect(interval({ seconds: 1 })(context({ msSince: 5_000, eventsSince: 0 }))).toBe(false);
  });

  it.each([
    [undefined, "interval() takes a duration such as { hours: 1 }, found undefined"],
    ["1h", "interval() takes a duration such as { hours: 1 }, found 1h"],
    [{}, "interval() takes a duration of more than nothing, such as { hours: 1 }"],
    [{ hours: 0 }, "interval() takes a duration of more than nothing, such as { hours: 1 }"],
    [{ hours: -1 }, "interval() takes a number of hours of at least 0, found -1"],
    [{ hours: Number.NaN }, "interval() takes a number of hours of at least 0, found NaN"],
    [{ hour: 1 }, 'interval() takes days, hours, minutes, seconds, found "hour"'],
  ])("refuses %p", (duration, message) => {
    expect(() => interval(duration as Duration)).toThrow(message);
  });
});
