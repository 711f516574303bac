import { join } from "node:path";
import { inspect } from "node:util";

import type { ConfigInput } from "../../src/config/config-schema";
import { loadConfig } from "../../src/config/load-config";
import { faultsOf, folderWith, removeFolders } from "./folders";

afterEach(removeFolders);

const load = (text: string, env: NodeJS.ProcessEnv = {}, overrides: ConfigInput = {}) =>
  loadConfig({ root: folderWith({ "domain.toml": text }), env, overrides });

/** The faults of a file with these lines. */
const faults = (text: string, env: NodeJS.ProcessEnv = {}, overrides: object = {}) => {
  const root = folderWith({ "domain.toml": text });
  return faultsOf(() => loadConfig({ root, env, overrides }), root);
};

describe("a configuration", () => {
  it("has its defaults where there is no file", () => {
    const root = folderWith({});
    const { origin: _origin, ...config } = loadConfig({ root, env: {} });
    expect({ ...config, eventStore: { ...config.eventStore, settings: config.eventStore.settings } }).toEqual({
      root,
      snapshotThreshold: 100,
      eventStore: { provider: "memory", maxEventBytes: 16 * 1024 * 1024, settings: {} },
      snapshots: {
        mode: "sync",
        on: ["save", "load"],
        keep: 1,
        compressAbove: 1024,
        maxStateBytes: 67108864,
        minEvents: 0,
        readTimeoutMs: 2_000,
        aggregates: new Map(),
      },
      commands: { retries: 3 },
      cache: { maxAggregates: 0, maxBytes: 64 * 1024 * 1024 },
      server: { shutdownMs: 30_000, ready: "serving", lanes: new Map() },
      projections: { keepOldMs: 3_600_000 },
      keptEvents: { named: new Map() },
      processing: {
        commands: "sync",
        retry: { attempts: 5, firstMs: 1_000, maxMs: 300_000 },
        keepResultsMs: 604_800_000,
        concurrency: 8,
      },
      subscriptions: {
        buckets: 16,
        leaseMs: 10_000,
        batch: 500,
        timeoutMs: 30_000,
        retry: { attempts: 5, firstMs: 1_000, maxMs: 300_000 },
        maxParkedKeys: 1_000,
        named: new Map(),
      },
    });
  });

  it("has what the file says", () => {
    const root = folderWith({
      "domain.toml": `
module = "src/domain.ts"
snapshot_threshold = 0

[event_store]
provider = "sqlite"
path = "data/bank.db"
max_event_bytes = 1_024
pool = { max = 3 }

[snapshots]
mode = "manual"
on = ["load"]
keep = 4
compress_above = 0
read_timeout_ms = 50

[snapshots.aggregates.Account]
threshold = 25
mode = "sync"
on = ["save"]
keep = 2

[commands]
retries = 0

[cache]
max_aggregates = 1_000
max_bytes = 1_048_576

[server]
embedded = true
shutdown = "5s"
health = "[::1]:8080"
ready = "caught-up"

[server.lanes.mail]
concurrency = 4

[projections]
keep_old = "2m"

[aggregates]
keep_events = "90d"

[aggregates.Account]
keep_events = "forever"

[aggregates.Customer]
keep_events = "30d"

[aggregates.Order]

[processing]
commands = "async"
retry = { attempts = 1, first = "2s" }
keep_results = "1h"
concurrency = 3

[subscriptions]
batch = 100
timeout = "10s"
retry = { attempts = 2, max = "1m" }
on_failure = "halt"
max_parked_keys = 50

[subscriptions.WelcomeMail]
paused = true
batch = 1
timeout = "1m"
retry = { first = "5s" }
on_failure = "skip"
max_parked_keys = 5
lane = "mail"
`,
    });
    const { origin: _origin, ...config } = loadConfig({ root, env: {} });
    expect(config.eventStore.settings).toEqual({ path: "data/bank.db", pool: { max: 3 } });
    expect({ ...config, eventStore: { ...config.eventStore } }).toEqual({
      file: join(root, "domain.toml"),
      root,
      module: join(root, "src/domain.ts"),
      snapshotThreshold: 0,
      eventStore: { provider: "sqlite", maxEventBytes: 1_024 },
      snapshots: {
        mode: "manual",
        on: ["load"],
        keep: 4,
        compressAbove: 0,
        maxStateBytes: 67108864,
        minEvents: 0,
        readTimeoutMs: 50,
        aggregates: new Map([["Account", { threshold: 25, mode: "sync", on: ["save"], keep: 2 }]]),
      },
      commands: { retries: 0 },
      cache: { maxAggregates: 1_000, maxBytes: 1_048_576 },
      server: {
        embedded: true,
        shutdownMs: 5_000,
        health: { host: "::1", port: 8080 },
        ready: "caught-up",
        lanes: new Map([["mail", { concurrency: 4 }]]),
      },
      projections: { keepOldMs: 120_000 },
      keptEvents: {
        keepMs: 7_776_000_000,
        named: new Map([
          ["Account", Number.POSITIVE_INFINITY],
          ["Customer", 2_592_000_000],
        ]),
      },
      processing: {
        commands: "async",
        retry: { attempts: 1, firstMs: 2_000, maxMs: 300_000 },
        keepResultsMs: 3_600_000,
        concurrency: 3,
      },
      subscriptions: {
        buckets: 16,
        leaseMs: 10_000,
        batch: 100,
        timeoutMs: 10_000,
        retry: { attempts: 2, firstMs: 1_000, maxMs: 60_000 },
        onFailure: "halt",
        maxParkedKeys: 50,
        named: new Map([
          [
            "WelcomeMail",
            {
              ...{ paused: true, batch: 1, timeoutMs: 60_000, retry: { firstMs: 5_000 } },
              ...{ onFailure: "skip", maxParkedKeys: 5, lane: "mail" },
            },
          ],
        ]),
      },
    });
  });

  it("takes relative paths from the folder of the file, not from where the search began", () => {
    const folder = folderWith({ "domain.toml": 'module = "domain.ts"', "apps/bank/main.ts": "" });
    const config = loadConfig({ root: join(folder, "apps/bank"), env: {} });
    expect([config.root, config.module]).toEqual([folder, join(folder, "domain.ts")]);
  });

  it.each([
    ["starts with a byte order mark", "\uFEFFsnapshot_threshold = 7\n"],
    ["ends its lines the Windows way", "# first\r\nsnapshot_threshold = 7\r\n[commands]\r\nretries = 1\r\n"],
    ["writes 7.0", "snapshot_threshold = 7.0"],
  ])("is read from a file that %s", (_what, text) => {
    expect(load(text).snapshotThreshold).toBe(7);
  });

  it("of an empty file is that of no file", () => {
    expect(load("").snapshotThreshold).toBe(100);
  });

  it("reads the environment of the process unless it is given another", () => {
    const root = folderWith({ "domain.toml": 'module = "${TIDEMARK_NOT_SET|a.ts}"' });
    expect(loadConfig({ root }).module).toBe(join(root, "a.ts"));
  });
});

describe("a wrong setting", () => {
  it.each<[string, string]>([
    ["snapshot_threshold = -1", "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found -1"],
    ["snapshot_threshold = 1.5", "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found 1.5"],
    [
      'snapshot_threshold = "50"',
      'domain.toml:1: snapshot_threshold must be a whole number of at least 0, found "50" (a string)',
    ],
    ["snapshot_threshold = true", "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found true"],
    ["snapshot_threshold = nan", "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found NaN"],
    [
      "snapshot_threshold = inf",
      "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found Infinity",
    ],
    [
      "snapshot_threshold = 1e300",
      "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found 1e+300",
    ],
    [
      "snapshot_threshold = [1]",
      "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found an array",
    ],
    ["[snapshot_threshold]", "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found a table"],
    ["module = 5", "domain.toml:1: module must be a string, found 5"],
    ['module = ""', 'domain.toml:1: module must not be empty, found ""'],
    ["event_store = 5", "domain.toml:1: event_store must be a table, found 5"],
    ["[event_store]\nprovider = 5", "domain.toml:2: event_store.provider must be a string, found 5"],
    [
      "[event_store]\nmax_event_bytes = 0",
      "domain.toml:2: event_store.max_event_bytes must be a whole number of at least 1, found 0",
    ],
    ["[snapshots]\nkeep = 0", "domain.toml:2: snapshots.keep must be a whole number of at least 1, found 0"],
    [
      '[snapshots]\nkeep = "50"',
      'domain.toml:2: snapshots.keep must be a whole number of at least 1, found "50" (a string)',
    ],
    [
      "[snapshots]\nread_timeout_ms = 0",
      "domain.toml:2: snapshots.read_timeout_ms must be a whole number of at least 1, found 0",
    ],
    [
      "[snapshots]\ncompress_above = -1",
      "domain.toml:2: snapshots.compress_above must be a whole number of at least 0, found -1",
    ],
    [
      "[snapshots]\nmax_state_bytes = 0",
      "domain.toml:2: snapshots.max_state_bytes must be a whole number of at least 1, found 0",
    ],
    [
      '[snapshots]\nmode = "snyc"',
      'domain.toml:2: snapshots.mode must be "sync", "background" or "manual", found "snyc"; did you mean "sync"?',
    ],
    ["[snapshots]\nmode = true", 'domain.toml:2: snapshots.mode must be "sync", "background" or "manual", found true'],
    ['[snapshots]\non = "save"', 'domain.toml:2: snapshots.on must be an array, found "save" (a string)'],
    ['[snapshots]\non = ["save", "never"]', 'domain.toml:2: snapshots.on[1] must be "save" or "load", found "never"'],
    ["[snapshots.aggregates]\nAccount = 25", "domain.toml:2: snapshots.aggregates.Account must be a table, found 25"],
    [
      "[snapshots.aggregates.Account]\nthreshold = -1",
      "domain.toml:2: snapshots.aggregates.Account.threshold must be a whole number of at least 0, found -1",
    ],
    [
      '[snapshots.aggregates."My Account"]\nkeep = 0',
      'domain.toml:2: snapshots.aggregates."My Account".keep must be a whole number of at least 1, found 0',
    ],
    ["[commands]\nretries = 0.5", "domain.toml:2: commands.retries must be a whole number of at least 0, found 0.5"],
    [
      "[cache]\nmax_aggregates = -1",
      "domain.toml:2: cache.max_aggregates must be a whole number of at least 0, found -1",
    ],
    ["[server]\nembedded = 1", "domain.toml:2: server.embedded must be true or false, found 1"],
    [
      '[server]\nhealth = "8080"',
      'domain.toml:2: server.health must be a host and a port, such as "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or ":8080", found "8080"',
    ],
    [
      "[server]\nhealth = 8080",
      'domain.toml:2: server.health must be a host and a port, such as "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or ":8080", found 8080',
    ],
    [
      '[server]\nready = "caughtup"',
      'domain.toml:2: server.ready must be "serving" or "caught-up", found "caughtup"; did you mean "caught-up"?',
    ],
    [
      "[server.lanes.mail]\nconcurrency = 0",
      "domain.toml:2: server.lanes.mail.concurrency must be a whole number of at least 1, found 0",
    ],
    [
      '[processing]\ncommands = "asynch"',
      'domain.toml:2: processing.commands must be "sync" or "async", found "asynch"; did you mean "async"?',
    ],
    [
      "[processing]\nkeep_result = 5",
      'domain.toml:2: processing.keep_result is not a setting; did you mean "keep_results"?',
    ],
    [
      "[processing]\nkeep_results = 5",
      'domain.toml:2: processing.keep_results must be a duration such as "30s", "15m", "1h" or "2d", found 5',
    ],
    [
      "[processing]\nconcurrency = 0",
      "domain.toml:2: processing.concurrency must be a whole number of at least 1, found 0",
    ],
    [
      "[processing]\nretry = { attempts = -1 }",
      "domain.toml:2: processing.retry.attempts must be a whole number of at least 0, found -1",
    ],
    [
      '[subscriptions]\nretry = { first = "soon" }',
      'domain.toml:2: subscriptions.retry.first must be a duration such as "30s", "15m", "1h" or "2d", found "soon"',
    ],
    [
      '[subscriptions]\non_failure = "stop"',
      'domain.toml:2: subscriptions.on_failure must be "park", "halt" or "skip", found "stop"; did you mean "skip"?',
    ],
    [
      "[subscriptions]\nmax_parked_keys = 0",
      "domain.toml:2: subscriptions.max_parked_keys must be a whole number of at least 1, found 0",
    ],
    [
      '[subscriptions.WelcomeMail]\npaused = "yes"',
      'domain.toml:2: subscriptions.WelcomeMail.paused must be true or false, found "yes" (a string)',
    ],
    [
      '[aggregates]\nkeep_events = "90"',
      'domain.toml:2: aggregates.keep_events must be a duration such as "30s", "15m", "1h" or "2d", or "forever", found "90"',
    ],
    [
      '[aggregates.Customer]\nkeep_event = "90d"',
      'domain.toml:2: aggregates.Customer.keep_event is not a setting; did you mean "keep_events"?',
    ],
    [
      '[aggregates]\nkeep_event = "90d"',
      'domain.toml:2: aggregates.keep_event is not a setting; did you mean "keep_events"?',
    ],
    ["[cache]\nmax_bytes = 0", "domain.toml:2: cache.max_bytes must be a whole number of at least 1, found 0"],
    [
      "snapshot_threshold = 9007199254740993",
      "domain.toml:1: snapshot_threshold is a whole number beyond 9007199254740991, which cannot be held exactly",
    ],
    [
      "[event_store]\nsince = 2026-02-20",
      "domain.toml:2: event_store.since is a date or time, which no setting takes; write it in quotes",
    ],
    [
      "[event_store]\nat = 07:30:00",
      "domain.toml:2: event_store.at is a date or time, which no setting takes; write it in quotes",
    ],
  ])("%j is refused with its line", (text, fault) => {
    expect(faults(text)).toEqual([fault]);
  });

  it("is listed with all the others", () => {
    const text =
      'snapshot_treshold = 5\n\n[snapshots]\nkeep = "50"\nmode = "${MODE}"\n\n[production]\ncommands.retries = -1\n';
    expect(faults(text, {}, { commands: { retries: "3" } })).toEqual([
      'domain.toml:1: snapshot_treshold is not a setting; did you mean "snapshot_threshold"?',
      'domain.toml:4: snapshots.keep must be a whole number of at least 1, found "50" (a string)',
      "domain.toml:5: snapshots.mode needs the environment variable MODE, which is not set; set it, or write a default: ${MODE|...}",
      "domain.toml:8: production.commands.retries must be a whole number of at least 0, found -1",
      'config.commands.retries: must be a whole number of at least 0, found "3" (a string)',
    ]);
  });
});

describe("an unknown key", () => {
  it.each<[string, string]>([
    [
      "\n\nsnapshot_treshold = 5",
      'domain.toml:3: snapshot_treshold is not a setting; did you mean "snapshot_threshold"?',
    ],
    ["snapshotThreshold = 5", 'domain.toml:1: snapshotThreshold is not a setting; did you mean "snapshot_threshold"?'],
    ["colour = 5", "domain.toml:1: colour is not a setting"],
    ['"" = 5', 'domain.toml:1: "" is not a setting'],
    ["[snapshots]\nkeeps = 5", 'domain.toml:2: snapshots.keeps is not a setting; did you mean "keep"?'],
    [
      "[snapshots.aggregates.Account]\ntreshold = 5",
      'domain.toml:2: snapshots.aggregates.Account.treshold is not a setting; did you mean "threshold"?',
    ],
    ["[server]\nshutdwon = 5", 'domain.toml:2: server.shutdwon is not a setting; did you mean "shutdown"?'],
    ["[subscriptions]\nbatchs = 5", 'domain.toml:2: subscriptions.batchs is not a setting; did you mean "batch"?'],
    ["[subscriptions]\nleese = 5", 'domain.toml:2: subscriptions.leese is not a setting; did you mean "lease"?'],
    [
      "[subscriptions.WelcomeMail]\npuased = true",
      'domain.toml:2: subscriptions.WelcomeMail.puased is not a setting; did you mean "paused"?',
    ],
    ["[commands]\nretrys = 5", 'domain.toml:2: commands.retrys is not a setting; did you mean "retries"?'],
    [
      "[[production]]\nsnapshot_threshold = 5",
      'domain.toml:1: production is not a setting; did you mean "projections"?',
    ],
    ["# the table's name\n[snapshot]\nkeep = 5", 'domain.toml:2: snapshot is not a setting; did you mean "snapshots"?'],
    ["[event_stores]\nurl = 5", 'domain.toml:1: event_stores is not a setting; did you mean "event_store"?'],
    ["eventStore.provider = 5", 'domain.toml:1: eventStore is not a setting; did you mean "event_store"?'],
    [
      "[database]\nport = 5",
      "domain.toml:2: database.port is not a setting; [database] is read as the overlay for DOMAIN_ENV=database",
    ],
    [
      "[production]\nsnapshot_treshold = 5",
      'domain.toml:2: production.snapshot_treshold is not a setting; did you mean "snapshot_threshold"?',
    ],
    [
      "[production.snapshot]\nkeep = 5",
      'domain.toml:1: production.snapshot is not a setting; did you mean "snapshots"?',
    ],
  ])("%j is refused with the nearest one that is known", (text, fault) => {
    expect(faults(text)).toEqual([fault]);
  });
});

describe("an overlay", () => {
  const file = `
snapshot_threshold = 50
[event_store]
provider = "sqlite"
path = "a.db"
[event_store.pragmas]
cache = 1
sync = "full"
[snapshots]
on = ["save", "load"]
keep = 3
[production]
snapshot_threshold = 200
[production.event_store.pragmas]
sync = "normal"
[production.snapshots]
on = ["load"]
[test.event_store]
provider = "memory"
`;

  it("is merged over the rest when DOMAIN_ENV names it: tables merged, arrays replaced", () => {
    const config = load(file, { DOMAIN_ENV: "production" });
    expect(config).toMatchObject({
      environment: "production",
      snapshotThreshold: 200,
      snapshots: { on: ["load"], keep: 3 },
    });
    expect(config.eventStore.settings).toEqual({ path: "a.db", pragmas: { cache: 1, sync: "normal" } });
  });

  it.each([undefined, "", "staging", "snapshots", "__proto__"])("changes nothing when DOMAIN_ENV is %j", (name) => {
    const config = load(file, { DOMAIN_ENV: name });
    expect([config.snapshotThreshold, config.snapshots.on]).toEqual([50, ["save", "load"]]);
    expect(config.environment).toBe(name || undefined);
  });

  it("that names another provider drops the settings of the former one", () => {
    const { eventStore } = load(file, { DOMAIN_ENV: "test" });
    expect([eventStore.provider, eventStore.settings]).toEqual(["memory", {}]);
  });

  it("that is not selected needs none of its variables", () => {
    const text = '[production]\nsnapshot_threshold = "${THRESHOLD}"\n[production.event_store]\nhosts = ["${HOST}"]\n';
    expect(faults(text)).toEqual([]);
    expect(faults(text, { DOMAIN_ENV: "production", HOST: "a" })).toEqual([
      "domain.toml:2: production.snapshot_threshold needs the environment variable THRESHOLD, which is not set; set it, or write a default: ${THRESHOLD|...}",
    ]);
  });

  it("may be an inline table", () => {
    expect(load("production = { snapshot_threshold = 1 }", { DOMAIN_ENV: "production" }).snapshotThreshold).toBe(1);
  });
});

describe("an override in code", () => {
  it("wins over the file and its overlay, and leaves the rest", () => {
    const text = '[snapshots]\nkeep = 2\nmode = "manual"\n[production]\nsnapshots.keep = 3\n';
    expect(load(text, { DOMAIN_ENV: "production" }, { snapshots: { keep: 9 } }).snapshots).toMatchObject({
      keep: 9,
      mode: "manual",
    });
  });

  it("makes a variable unnecessary that only the overridden setting needs", () => {
    const text = '[event_store]\nprovider = "postgres"\nurl = "${DATABASE_URL}"\n';
    expect(load(text, {}, { event_store: { url: "postgres://localhost/a" } }).eventStore.settings).toEqual({
      url: "postgres://localhost/a",
    });
    expect(load(text, {}, { event_store: { provider: "memory" } }).eventStore.settings).toEqual({});
  });

  it("is taken as it is: variables are the file's, undefined is absent, objects of a class are passed on", () => {
    const socket = new URL("https://example.org");
    const { eventStore } = load("", {}, { event_store: { password: "a${b}", port: undefined, socket } });
    expect(eventStore.settings).toEqual({ password: "a${b}", socket });
    expect(eventStore.settings.socket).toBe(socket);
  });

  it.each<[object, string]>([
    [{ snapshot_threshold: -1 }, "config.snapshot_threshold: must be a whole number of at least 0, found -1"],
    [{ snapshotThreshold: 1 }, 'config.snapshotThreshold: is not a setting; did you mean "snapshot_threshold"?'],
    [{ production: {} }, 'config.production: is not a setting; did you mean "projections"?'],
    [{ snapshots: { keep: null } }, "config.snapshots.keep: must be a whole number of at least 1, found null"],
    [JSON.parse('{ "__proto__": { "polluted": 1 } }'), "config.__proto__: is not allowed as a key"],
    [JSON.parse('{ "event_store": { "constructor": 1 } }'), "config.event_store.constructor: is not allowed as a key"],
    ["production" as unknown as object, "config: must be an object of settings"],
  ])("%j is refused by its path", (overrides, fault) => {
    expect(faults("", {}, overrides)).toEqual([fault]);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe("a secret", () => {
  const url = "postgres://bank:hunter2@db/bank";

  it.each<[string, string, NodeJS.ProcessEnv]>([
    ["in a variable for a number", 'snapshot_threshold = "${SECRET_URL}"', { SECRET_URL: url }],
    ["in a default for a number", `snapshot_threshold = "\${SECRET_URL|${url}}"`, {}],
    ["within a larger text", '[snapshots]\nmode = "${SECRET_URL}?ssl"', { SECRET_URL: url }],
    ["written where a number belongs", `[snapshots]\nkeep = "${url}"`, {}],
    ["as a password in a text", '[snapshots]\nkeep = "host=db password=hunter2"', {}],
    ["on the line of a syntax error", `[event_store]\nurl = "${url}\nprovider = 1`, {}],
    ["on the line after a syntax error", `[event_store]\nprovider = \nurl = "${url}"`, {}],
  ])("%s appears in no fault", (_what, text, env) => {
    const found = faults(text, env);
    expect(found).toHaveLength(1);
    expect(found.join()).not.toContain("hunter2");
  });

  it("is said to be the value or the default of its variable, or hidden", () => {
    const text =
      'snapshot_threshold = "${A}"\n[snapshots]\nkeep = "${B|x}"\nmode = "${A}-${A}"\nread_timeout_ms = "a://b:c@d"\n';
    expect(faults(text, { A: "a" })).toEqual([
      "domain.toml:1: snapshot_threshold must be a whole number of at least 0, found the value of A",
      "domain.toml:3: snapshots.keep must be a whole number of at least 1, found the default of B",
      'domain.toml:4: snapshots.mode must be "sync", "background" or "manual", found the value of A',
      "domain.toml:5: snapshots.read_timeout_ms must be a whole number of at least 1, found (hidden)",
    ]);
  });

  it("appears in nothing that prints the configuration", () => {
    const config = load(`[event_store]\nurl = "${url}"\n`);
    expect(config.eventStore.settings).toEqual({ url });
    expect(inspect(config, { depth: null, showHidden: true }) + JSON.stringify(config)).not.toContain("hunter2");
  });
});
