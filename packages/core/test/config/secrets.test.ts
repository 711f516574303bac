import { looksSecret } from "../../src/config/secrets";

describe("a setting", () => {
  it.each<[string, unknown]>([
    ["url", 5],
    ["database_url", "x"],
    ["password", "x"],
    ["db_pwd", "x"],
    ["api_key", "x"],
    ["access_token", "x"],
    ["client_secret", "x"],
    ["host", "postgres://a:b@c"],
    ["host", "host=a password=b"],
  ])("called %j with %j may be secret", (key, value) => {
    expect(looksSecret(["event_store", key], value)).toBe(true);
  });

  it.each<[string, unknown]>([
    ["path", "data/bank.db"],
    ["keep", "50"],
    ["schema", "public"],
  ])("called %j with %j is not secret", (key, value) => {
    expect(looksSecret(["event_store", key], value)).toBe(false);
  });
});
