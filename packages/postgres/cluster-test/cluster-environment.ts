import { TestEnvironment } from "jest-environment-node";

import "./global-setup";

/** Gives the tests the cluster that `global-setup.ts` has started in this process. */
export default class ClusterEnvironment extends TestEnvironment {
  override async setup(): Promise<void> {
    await super.setup();
    if (globalThis.tidemarkCluster === undefined)
      throw new Error("The suites share a cluster, so they need jest's option --runInBand");
    this.global.tidemarkCluster = globalThis.tidemarkCluster;
  }
}
