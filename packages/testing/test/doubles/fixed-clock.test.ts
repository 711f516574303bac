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

  it("moves by a length of time as domain.toml writes it", () => {
    const clock = fixedClock(new Date("2026-02-20T12:00:00Z"));
    clock.advance("10m");
    clock.advance("2d");
    expect(clock.now()).toEqual(new Date("2026-02-22T12:10:00Z"));
  });

  it.each(["soon", "10", "-10m", ""])("refuses %j, and stands still", (time) => {
    const clock = fixedClock(new Date(5));
    expect(() => clock.advance(time)).toThrow(
      `Cannot advance the clock by ${JSON.stringify(time)}: it must be a duration such as "30s", "15m", "1h" or "2d", or milliseconds`,
    );
    expect(clock.now()).toEqual(new Date(5));
  });

  it("is not moved by those who change what it gave or was given", () => {
    const date = new Date(5);
    const clock = fixedClock(date);
    date.setTime(6);
    clock.now().setTime(7);
    expect(clock.now()).toEqual(new Date(5));
  });
});
