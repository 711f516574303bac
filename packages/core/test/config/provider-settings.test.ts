import { z } from "zod";

import type { ConfigInput } from "../../src/config/config-schema";
import { loadConfig } from "../../src/config/load-config";
import { readProviderSettings } from "../../src/config/provider-settings";
import { faultsOf, folderWith, removeFolders } from "./folders";

afterEach(removeFolders);

const schema = z.strictObject({
  url: z.string().min(3),
  port: z.int().min(1).max(65_535).optional(),
  ssl: z.union([z.boolean(), z.strictObject({ ca: z.string() })]).optional(),
  schema: z
    .string()
    .regex(/^[a-z_]+$/, { error: "must match ^[a-z_]+$" })
    .default("public"),
  pool: z.strictObject({ max: z.number().positive(), idle: z.boolean() }).optional(),
  hosts: z.array(z.int()).max(2).optional(),
  level: z.literal([0, 1]).optional(),
  flag: z
    .string()
    .refine((value) => value !== "no", { error: (issue) => `Never write ${issue.input}` })
    .optional(),
  password: z
    .string()
    .refine((value) => value !== "no!", { error: (issue) => `cannot be ${issue.input}` })
    .optional(),
});

const open = (text: string, env: NodeJS.ProcessEnv = {}, overrides: ConfigInput = {}) => {
  const root = folderWith({ "domain.toml": text });
  return { root, config: loadConfig({ root, env, overrides }) };
};

const read = (text: string, env?: NodeJS.ProcessEnv, overrides?: ConfigInput) =>
  readProviderSettings(open(text, env, overrides).config, schema);

const faults = (text: string, env?: NodeJS.ProcessEnv, overrides?: ConfigInput) => {
  const { root, config } = open(text, env, overrides);
  return faultsOf(() => readProviderSettings(config, schema), root);
};

describe("the settings of a provider", () => {
  it("are its schema's output, without the keys that every provider has", () => {
    expect(read('[event_store]\nprovider = "pg"\nmax_event_bytes = 5\nurl = "abc"')).toEqual({
      url: "abc",
      schema: "public",
    });
  });

  it("become numbers and booleans where a variable filled them", () => {
    const text = `
[event_store]
url = "\${PORT}"
port = "\${PORT}"
ssl = "\${SSL|true}"
pool = { max = "\${MAX|0.5}", idle = "\${IDLE|false}" }
hosts = ["\${PORT}", 2]
level = "\${LEVEL|1}"
`;
    expect(read(text, { PORT: "5433" })).toEqual({
      url: "5433",
      port: 5433,
      ssl: true,
      schema: "public",
      pool: { max: 0.5, idle: false },
      hosts: [5433, 2],
      level: 1,
    });
  });

  it.each<[string, NodeJS.ProcessEnv, string[]]>([
    ["", {}, ["event_store.url is missing: it must be a string"]],
    ["port = 0", {}, ["event_store.port must be at least 1, found 0"]],
    ["port = 65536", {}, ["event_store.port must be at most 65535, found 65536"]],
    ["port = 1.5", {}, ["event_store.port must be a whole number, found 1.5"]],
    ['port = "5432"', {}, ['event_store.port must be a number, found "5432" (a string)']],
    ['port = "${PORT}"', { PORT: "54e" }, ["event_store.port must be a number, found the value of PORT"]],
    ['port = "${PORT}"', { PORT: "" }, ["event_store.port must be a number, found the value of PORT"]],
    ['port = "${PORT}"', { PORT: "0" }, ["event_store.port must be at least 1, found the value of PORT"]],
    ['port = "1${PORT}"', { PORT: "0" }, ["event_store.port must be a number, found the value of PORT"]],
    ["ssl = 1", {}, ["event_store.ssl must be true or false or a table, found 1"]],
    ["ssl = { caa = 1 }", {}, ["event_store.ssl is not valid: Invalid input"]],
    ["level = 2", {}, ["event_store.level must be 0 or 1, found 2"]],
    ["hosts = [1, 2, 3]", {}, ["event_store.hosts must be at most 2 entries long, found an array"]],
    ['schema = "A"', {}, ['event_store.schema must match ^[a-z_]+$, found "A"']],
    [
      "pool = { max = 0, idle = 1, mx = 2 }",
      {},
      [
        "event_store.pool.max must be more than 0, found 0",
        "event_store.pool.idle must be true or false, found 1",
        'event_store.pool.mx is not a setting; did you mean "max"?',
      ],
    ],
    ['flag = "no"', {}, ["event_store.flag is not valid: Never write no"]],
    ['password = "no!"', {}, ["event_store.password cannot be (hidden)"]],
    ["prot = 5432", {}, ['event_store.prot is not a setting; did you mean "port"?']],
    ["max_event_byte = 5432", {}, ['event_store.max_event_byte is not a setting; did you mean "max_event_bytes"?']],
    ["colour = 1", {}, ['event_store.colour is not a setting of event store provider "memory"']],
  ])("%j with %j is refused in the file's words", (line, env, expected) => {
    const url = line === "" ? "" : ', url = "abc"';
    const text = `event_store = { ${line || "max_event_bytes = 1"}${url} }`;
    expect(faults(text, env)).toEqual(expected.map((fault) => `domain.toml:1: ${fault}`));
  });

  it("are placed where the setting in force stands", () => {
    const text = '[event_store]\nurl = "x"\nport = 0\n[production.event_store]\nport = -1\npool = { max = 2 }\n';
    expect(faults(text, { DOMAIN_ENV: "production" }, { event_store: { pool: { max: 1 } } })).toEqual([
      "domain.toml:2: event_store.url must be at least 3 characters long, found (hidden)",
      "domain.toml:5: production.event_store.port must be at least 1, found -1",
      "config.event_store.pool.idle: is missing: it must be true or false",
    ]);
  });

  it("that came from a variable and are quoted by the provider's message are not shown", () => {
    expect(faults('[event_store]\nurl = "abc"\nflag = "${FLAG}"', { FLAG: "no" })).toEqual([
      "domain.toml:3: event_store.flag is not valid: Never write (hidden)",
    ]);
  });
});
