import type { Logger } from "@tidemark/core";

import type { Report } from "./reports";

/** Takes warnings to the program that has started this process, so that they do not run through its picture. */
export function reportingLogger(): Logger {
  const report = (message: string) => {
    if (process.connected) process.send?.({ kind: "warning", message } satisfies Report);
    else console.warn(message);
  };
  return { warn: report, error: report };
}
