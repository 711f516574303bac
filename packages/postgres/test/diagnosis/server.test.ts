import type { Facts } from "../../src/diagnosis/facts";
import { connections, serverVersion } from "../../src/diagnosis/server";

const server = {
  version: 140_019,
  isStandby: false,
  encoding: "UTF8",
  role: "app",
  database: "bank",
};

describe("the version of the server", () => {
  const found = (version: number, day: string) =>
    serverVersion({ server: { ...server, version } }, new Date(day)).map(({ verdict, finding }) => [verdict, finding]);

  it("is fine until its last release was due", () => {
    expect(found(140_019, "2026-11-11")).toEqual([["fine", "It is PostgreSQL 14.19."]]);
    expect(found(140_019, "2026-11-13")).toEqual([
      ["warning", "It is PostgreSQL 14.19, whose last release was due on 2026-11-12."],
    ]);
  });

  it("is fine where it is newer than this code", () => {
    expect(found(240_001, "2060-01-01")).toEqual([["fine", "It is PostgreSQL 24.1."]]);
  });

  it("is a danger below 13", () => {
    expect(found(120_022, "2026-11-11")).toEqual([["danger", "It is PostgreSQL 12.22; this store needs 13 or newer."]]);
  });
});

it("warns where one more process may get no connection", () => {
  const value = (number: number) => ({ value: String(number), source: "default" });
  const facts: Facts = {
    server,
    settings: { max_connections: value(100), superuser_reserved_connections: value(3), reserved_connections: value(2) },
    connections: { used: 90, roleLimit: -1, databaseLimit: -1 },
  };
  expect(connections(facts, { poolSize: 10 })).toMatchObject([
    {
      verdict: "warning",
      finding: expect.stringMatching(
        /^Of 95 for applications 90 are in use, and a process of this store opens up to 11/,
      ),
    },
  ]);
  expect(connections(facts, { poolSize: 4 })).toMatchObject([{ verdict: "fine" }]);
});
