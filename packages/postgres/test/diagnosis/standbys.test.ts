import type { Facts, StandbyFacts } from "../../src/diagnosis/facts";
import { standbys } from "../../src/diagnosis/standbys";

const standby = (name: string, facts: Partial<StandbyFacts> = {}): StandbyFacts => ({
  ...{ name, state: "streaming", sync: "async", lagBytes: 0, answeredMs: 20 },
  ...facts,
});

const found = (list: readonly StandbyFacts[], names = "") => {
  const facts: Facts = {
    settings: { synchronous_standby_names: { value: names, source: "configuration file" } },
    standbys: list,
  };
  return Object.fromEntries(standbys(facts).map((diagnosis) => [diagnosis.name, diagnosis]));
};

it("warns of one that still catches up, with how far it is behind", () => {
  const late = standby("node-3", { state: "catchup", lagBytes: 16_777_216 });
  expect(found([standby("node-2", { sync: "sync" }), late], "node-2").standbys).toMatchObject({
    verdict: "warning",
    finding: '"node-3" does not stream: its state is catchup, 16,777,216 bytes behind.',
  });
});

it("says which one is not to be promoted by hand", () => {
  const list = [standby("node-2", { sync: "sync" }), standby("node-3")];
  expect(found(list, '"node-2"').standbys).toEqual({
    name: "standbys",
    verdict: "fine",
    finding: '"node-2" and "node-3" stream; do not promote "node-3" by hand, since commits do not wait for it.',
  });
});

it("puts names into its advice that SQL reads as they are", () => {
  expect(found([standby(`o'ne`), standby(`t"wo`)]).synchronous_standby_names?.advice).toMatch(
    /^ALTER SYSTEM SET synchronous_standby_names = 'ANY 1 \("o''ne", "t""wo"\)'; /,
  );
});

it("tells whether commits wait for each standby or for any of them", () => {
  const quorum = [standby("node-2", { sync: "quorum" }), standby("node-3", { sync: "quorum" })];
  expect(found(quorum, "ANY 1 (*)").synchronous_standby_names?.finding).toBe(
    'Commits wait for 1 of "node-2" and "node-3".',
  );
  const named = '"node-2", "node-3"';
  const first = [standby("node-2", { sync: "sync" }), standby("node-3", { sync: "potential" })];
  expect(found(first, named).synchronous_standby_names?.finding).toBe('Commits wait for "node-2".');
  const both = [standby("node-2", { sync: "sync" }), standby("node-3", { sync: "sync" })];
  expect(found(both, "2 (*)").synchronous_standby_names?.finding).toBe('Commits wait for "node-2" and "node-3".');
});

it("warns where fewer stream than commits wait for", () => {
  const one = [standby("node-2", { sync: "sync" }), standby("node-3", { state: "catchup", sync: "potential" })];
  expect(found(one, "FIRST 2 (*)").synchronous_standby_names).toMatchObject({
    verdict: "warning",
    finding: 'It is FIRST 2 (*), and only "node-2" of these streams: commits wait until more do.',
  });
});

it("warns of a clock that is ahead, or behind by more than a standby is ever silent", () => {
  const list = [
    standby("node-2", { answeredMs: -7_200_000 }),
    standby("node-3", { answeredMs: 300_000 }),
    standby("node-4", { answeredMs: 11_000 }),
  ];
  expect(found(list).standby_clocks).toMatchObject({
    verdict: "warning",
    finding: expect.stringMatching(
      /^Seen from the server, the clock of "node-2" is 7200 s ahead; "node-3" has not answered for 300 s, or its clock is that far behind: /,
    ),
  });
  expect(found([standby("node-4", { answeredMs: 11_000 })])).not.toHaveProperty("standby_clocks");
});
