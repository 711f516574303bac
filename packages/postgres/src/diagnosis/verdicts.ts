import type { Diagnosis } from "@tidemark/core/adapter";

export function fine(name: string, finding: string): Diagnosis {
  return { name, verdict: "fine", finding };
}

/** Something that endangers events together with something else, such as the loss of a machine. */
export function warning(name: string, finding: string, advice: string): Diagnosis {
  return { name, verdict: "warning", finding, advice };
}

/** Something that by itself loses acknowledged events, or lets readers miss some. */
export function danger(name: string, finding: string, advice: string): Diagnosis {
  return { name, verdict: "danger", finding, advice };
}

/** Something that could not be seen. */
export function unknown(name: string, finding: string, advice: string): Diagnosis {
  return { name, verdict: "unknown", finding, advice };
}
