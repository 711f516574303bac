import { nearest } from "../../src/wording/did-you-mean";

describe("the nearest known word", () => {
  it.each([
    ["snyc", ["sync", "manual"], "sync"],
    ["Snapshots", ["snapshots", "commands"], "snapshots"],
    ["maxEventBytes", ["max_event_bytes", "provider"], "max_event_bytes"],
    ["eventStore", ["event_store"], "event_store"],
    ["account", ["Account", "Transfer"], "Account"],
    ["production", ["snapshots", "commands", "event_store"], undefined],
    ["common", ["snapshots", "commands", "event_store"], undefined],
    ["no", ["on"], undefined],
    ["keep", [], undefined],
  ])("to %j among %j is %j", (word, known, expected) => {
    expect(nearest(word, known)).toBe(expected);
  });
});
