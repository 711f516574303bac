import { optionsOf } from "../src/options";

it("has a value for everything", () => {
  expect(optionsOf([])).toEqual({ seconds: 24, ttlSeconds: 6, byHosts: false, isHelp: false });
});

it("takes what is asked for", () => {
  expect(optionsOf(["--seconds", "60", "--ttl=20", "--hosts"])).toEqual({
    seconds: 60,
    ttlSeconds: 20,
    byHosts: true,
    isHelp: false,
  });
});

it.each([
  [["--seconds", "soon"], '--seconds has to be a whole number of seconds, at least 8; found "soon"'],
  [["--seconds", "7"], '--seconds has to be a whole number of seconds, at least 8; found "7"'],
  [["--ttl", "4"], '--ttl has to be a whole number of seconds, at least 5; found "4"'],
])("refuses %j", (args, message) => {
  expect(() => optionsOf(args)).toThrow(message);
});

it("refuses what it does not know", () => {
  expect(() => optionsOf(["--kill-everything"])).toThrow("--kill-everything");
});
