import { fixedClock } from "@tidemark/testing";

describe("fixedClock", () => {
  it("stands still until it is told to move", () => {
    const clock = fixedClock(new Date("2026-02-20T12:00:00Z"));
    expect([clock.now(), clock.now()]).toEqual([new Date("2026-02-20T12:00:00Z"), new Date("2026-02-20T12:00:00Z")]);
    clock.advance(1_500);
    expect(clock.now()).toEqual(new Date("2026-02-20T12:00:01.500Z"));
    clock.advance(-500);
    expect(clock.now()).toEqual(new Date("2026-02-20T12:00:01Z"));
  });

  it("is not moved by those who change what it gave or was given", () => {
    const date = new Date(5);
    const clock = fixedClock(date);
    date.setTime(6);
    clock.now().setTime(7);
    expect(clock.now()).toEqual(new Date(5));
  });
});
