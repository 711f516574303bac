const { join } = require("node:path");

const { projects, testTimeout } = require("../../../jest.config.js");

const { displayName, globalTeardown, ...postgres } = projects.find(
  (project) => project.displayName === "packages/postgres",
);

/** For `npm run test:cluster`: the suites of this folder, one after the other, on one cluster. */
module.exports = {
  ...postgres,
  displayName: `${displayName} on a cluster`,
  testTimeout,
  testMatch: ["<rootDir>/cluster-test/**/*.test.ts"],
  testEnvironment: join(__dirname, "cluster-environment.ts"),
  globalSetup: join(__dirname, "global-setup.ts"),
  globalTeardown: join(__dirname, "global-teardown.ts"),
};
