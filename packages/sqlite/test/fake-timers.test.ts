import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { bundleFixture, startFixture } from "./child-process";
import { countWhileTimeStands } from "./fixtures/counted-while-time-stands";
import { temporaryFolder } from "./temporary-folder";

const COUNTED = { counted: [20, 20], limited: "DEADLINE_EXCEEDED", drained: true, snapshot: true };

describe("a domain on SQLite whose test has stopped the clock with jest", () => {
  afterEach(() => jest.useRealTimers());

  it("goes on where the modules were loaded before", async () => {
    const path = join(temporaryFolder(), "counted.db");
    expect(await countWhileTimeStands(path, () => jest.useFakeTimers())).toEqual(COUNTED);
  });

  it("goes on where the modules are loaded afterwards", async () => {
    jest.useFakeTimers();
    const path = join(temporaryFolder(), "counted.db");
    let counted: Promise<unknown> | undefined;
    jest.isolateModules(() => {
      const fixture = require("./fixtures/counted-while-time-stands") as {
        countWhileTimeStands: typeof countWhileTimeStands;
      };
      counted = fixture.countWhileTimeStands(path, () => {});
    });
    expect(await counted).toEqual(COUNTED);
  });
});

/** The package that jest and vitest both install their fake timers with. */
const FAKE_TIMERS = require.resolve("@sinonjs/fake-timers", {
  paths: [dirname(require.resolve("@jest/fake-timers", { paths: [dirname(require.resolve("jest"))] }))],
});

/** What vitest replaces unless told otherwise. Its tests run in the realm of node's own modules, which are changed in place. */
const FAKED_BY_VITEST = [
  ...["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "clearImmediate"],
  ...["Date", "performance"],
];

describe("a domain on SQLite whose test has stopped the clock as vitest does", () => {
  const arguments_ = (when: string) => [
    join(temporaryFolder(), "counted.db"),
    when,
    FAKE_TIMERS,
    JSON.stringify(FAKED_BY_VITEST),
  ];

  it("goes on where the modules were loaded before", async () => {
    const { lines, ended } = startFixture(bundleFixture("count-while-time-stands"), arguments_("loaded"));
    await ended;
    expect(lines.map((line) => JSON.parse(line))).toEqual([COUNTED]);
  });

  it("goes on where the modules are loaded afterwards", async () => {
    const preload = join(temporaryFolder(), "stop-time.js");
    const toFake = JSON.stringify(FAKED_BY_VITEST);
    writeFileSync(preload, `require(${JSON.stringify(FAKE_TIMERS)}).install({ toFake: ${toFake} });`);
    const before = `export NODE_OPTIONS=--require=${preload}`;
    const { lines, ended } = startFixture(bundleFixture("count-while-time-stands"), arguments_("preloaded"), {
      shell: before,
    });
    await ended;
    expect(lines.map((line) => JSON.parse(line))).toEqual([COUNTED]);
  });
});
