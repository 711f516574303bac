import { faultsOfAggregateNames } from "../../src/config/aggregate-names";
import { loadConfig } from "../../src/config/load-config";
import { folderWith, removeFolders } from "./folders";

afterEach(removeFolders);

const faults = (text: string, names: string[], overrides = {}) => {
  const root = folderWith({ "domain.toml": text });
  const config = loadConfig({ root, env: {}, overrides });
  return faultsOfAggregateNames(config, names).map((fault) => fault.replaceAll(`${root}/`, ""));
};

describe("an aggregate in the configuration", () => {
  it("that is registered is no fault", () => {
    expect(faults("[snapshots.aggregates.Account]\nthreshold = 5\n", ["Account", "Transfer"])).toEqual([]);
  });

  it("that is not registered is a fault with the nearest one, in overlays and in code too", () => {
    const text = `
[snapshots.aggregates.Acount]
threshold = 5
[snapshots.aggregates.Order]
threshold = 5
[production.snapshots.aggregates]
transfer.keep = 2
`;
    expect(faults(text, ["Account", "Transfer"], { snapshots: { aggregates: { Accounts: {} } } })).toEqual([
      'domain.toml:2: snapshots.aggregates.Acount names no aggregate of this domain; did you mean "Account"?',
      "domain.toml:4: snapshots.aggregates.Order names no aggregate of this domain",
      'domain.toml:7: production.snapshots.aggregates.transfer names no aggregate of this domain; did you mean "Transfer"?',
      'config.snapshots.aggregates.Accounts: names no aggregate of this domain; did you mean "Account"?',
    ]);
  });

  it("that is not registered has no suggestion in a domain without aggregates", () => {
    expect(faults("[snapshots.aggregates.Account]\n", [])).toEqual([
      "domain.toml:1: snapshots.aggregates.Account names no aggregate of this domain",
    ]);
  });
});
