import { faultsOfEventNames } from "../../src/config/event-names";
import { loadConfig } from "../../src/config/load-config";
import { folderWith, removeFolders } from "./folders";

afterEach(removeFolders);

const known = new Map([
  ["Order", ["OrderSubmitted", "OrderShipped"]],
  ["Account", ["AccountOpened"]],
]);

const faults = (text: string) => {
  const root = folderWith({ "domain.toml": text });
  const config = loadConfig({ root, env: {} });
  return faultsOfEventNames(config, known).map((fault) => fault.replace(/^.*domain\.toml/, "domain.toml"));
};

describe("the names in after_events", () => {
  it("are those of registered events", () => {
    const text = `
[snapshots]
after_events = ["OrderSubmitted", "AccountOpened"]

[snapshots.aggregates.Order]
after_events = ["OrderShipped"]
`;
    expect(faults(text)).toEqual([]);
  });

  it("are told with the nearest one where no event has them, in overlays too", () => {
    const text = `
[snapshots]
after_events = ["OrderSubmited", "Whatever"]

[production.snapshots.aggregates.Order]
after_events = ["AccountOpened", "\${EVENT}"]
`;
    expect(faults(text)).toEqual([
      'domain.toml:3: snapshots.after_events[0] names "OrderSubmited", which is no event of this domain; did you mean "OrderSubmitted"?',
      'domain.toml:3: snapshots.after_events[1] names "Whatever", which is no event of this domain',
      'domain.toml:6: production.snapshots.aggregates.Order.after_events[0] names "AccountOpened", which is no event of Order',
    ]);
  });
});
