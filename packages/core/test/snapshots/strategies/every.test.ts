import { every } from "../../../src/index";
import { context } from "./context";

describe("every", () => {
  it("is due from so many events since the last snapshot on, wherever the version stands", () => {
    const due = [4, 5, 6, 17].map((eventsSince) => every(5)(context({ eventsSince, version: 101 })));
    expect(due).toEqual([false, true, true, true]);
  });

  it.each([0, -1, 1.5, Number.NaN, "5", undefined])("refuses %p events", (events) => {
    expect(() => every(events as number)).toThrow(`every() takes a whole number of at least 1, found ${events}`);
  });
});
