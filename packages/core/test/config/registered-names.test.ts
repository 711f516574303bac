import { loadConfig } from "../../src/config/load-config";
import {
  faultsOfAggregateNames,
  faultsOfEventNames,
  faultsOfKeptEvents,
  faultsOfNames,
  faultsOfSubscriptionNames,
} from "../../src/config/registered-names";
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

const known = new Map([
  ["Order", ["OrderSubmitted", "OrderShipped"]],
  ["Account", ["AccountOpened"]],
]);

const eventFaults = (text: string) => {
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
    expect(eventFaults(text)).toEqual([]);
  });

  it("are reported with the nearest one where no event has them, in overlays too", () => {
    const text = `
[snapshots]
after_events = ["OrderSubmited", "Whatever"]

[production.snapshots.aggregates.Order]
after_events = ["AccountOpened", "\${EVENT}"]
`;
    expect(eventFaults(text)).toEqual([
      'domain.toml:3: snapshots.after_events[0] names "OrderSubmited", which is not an event of this domain; did you mean "OrderSubmitted"?',
      'domain.toml:3: snapshots.after_events[1] names "Whatever", which is not an event of this domain',
      'domain.toml:6: production.snapshots.aggregates.Order.after_events[0] names "AccountOpened", which is not an event of Order',
    ]);
  });
});

const subscriptionFaults = (text: string) => {
  const root = folderWith({ "domain.toml": text });
  const config = loadConfig({ root, env: {} });
  return faultsOfSubscriptionNames(config, ["AccountSummary", "WelcomeMail", "welcome-post"]).map((fault) =>
    fault.replace(/^.*domain\.toml/, "domain.toml"),
  );
};

describe("a subscription in the configuration", () => {
  it("is a projection, an SQL projector or an event handler", () => {
    const text = `
[subscriptions]
batch = 100
retry = { attempts = 2 }
[subscriptions.WelcomeMail]
paused = true
[subscriptions.welcome-post]
batch = 1
`;
    expect(subscriptionFaults(text)).toEqual([]);
  });

  it("that is not registered is a fault with the nearest one, in overlays too", () => {
    const text = `
[subscriptions.WelcomMail]
paused = true
[subscriptions.Audit]
paused = true
[production.subscriptions.accountSummary]
batch = 5
`;
    expect(subscriptionFaults(text)).toEqual([
      'domain.toml:2: subscriptions.WelcomMail names no subscription of this domain; did you mean "WelcomeMail"?',
      "domain.toml:4: subscriptions.Audit names no subscription of this domain",
      'domain.toml:6: production.subscriptions.accountSummary names no subscription of this domain; did you mean "AccountSummary"?',
    ]);
  });
});

const storedAs = new Map([
  ["Customer", "state"],
  ["Account", "events"],
  ["Order", "both"],
] as const);

const keptFaults = (text: string, stored: ReadonlyMap<string, "events" | "state" | "both"> = storedAs) => {
  const root = folderWith({ "domain.toml": text });
  const config = loadConfig({ root, env: {} });
  return [...faultsOfAggregateNames(config, [...stored.keys()]), ...faultsOfKeptEvents(config, stored)].map((fault) =>
    fault.replace(/^.*domain\.toml/, "domain.toml"),
  );
};

describe("the time for which events are kept", () => {
  it("is for aggregates that are stored as their state, all of them or single ones", () => {
    expect(keptFaults('[aggregates]\nkeep_events = "90d"\n[aggregates.Customer]\nkeep_events = "forever"\n')).toEqual(
      [],
    );
  });

  it("of an aggregate that is not registered is a fault with the nearest one, in overlays too", () => {
    expect(keptFaults('[aggregates.Custmer]\nkeep_events = "1d"\n[production.aggregates.Nobody]\n')).toEqual([
      'domain.toml:1: aggregates.Custmer names no aggregate of this domain; did you mean "Customer"?',
      "domain.toml:3: production.aggregates.Nobody names no aggregate of this domain",
    ]);
  });

  it("of an aggregate that needs all of its events is a fault, in overlays too", () => {
    const text = '[aggregates.Account]\nkeep_events = "1d"\n[production.aggregates.Order]\nkeep_events = "1d"\n';
    expect(keptFaults(text)).toEqual([
      "domain.toml:1: aggregates.Account keeps events for a time, but Account is stored as its events: all of them are kept",
      "domain.toml:3: production.aggregates.Order keeps events for a time, but Order is stored as both its state and its events: all of them are kept",
    ]);
  });

  it("is a fault in a domain without an aggregate that it is for", () => {
    expect(keptFaults('[aggregates]\nkeep_events = "90d"\n', new Map([["Account", "events"]]))).toEqual([
      'domain.toml:2: aggregates.keep_events is for aggregates with stored: "state", and this domain has none: all events are kept',
    ]);
  });
});

it("the faults of aggregates come before those of events, and those of subscriptions last", () => {
  const root = folderWith({
    "domain.toml": `[subscriptions.Nobody]\npaused = true\n[snapshots]\nafter_events = ["Gone"]\n[snapshots.aggregates.Missing]\nkeep = 1\n`,
  });
  const faults = faultsOfNames(loadConfig({ root, env: {} }), {
    events: known,
    subscriptions: ["WelcomeMail"],
    stored: new Map(),
  });
  expect(faults.map((fault) => fault.replace(/^.*domain\.toml/, "domain.toml"))).toEqual([
    "domain.toml:5: snapshots.aggregates.Missing names no aggregate of this domain",
    'domain.toml:4: snapshots.after_events[0] names "Gone", which is not an event of this domain',
    "domain.toml:1: subscriptions.Nobody names no subscription of this domain",
  ]);
});
