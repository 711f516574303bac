import { brandError, DomainError } from "./domain-error";

/** The declarations of a domain or its domain.toml are wrong. Lists every fault that was found, not only the first. */
export class ConfigurationError extends DomainError {
  readonly faults: readonly string[];

  /** @param subject what was read or checked: `domain "fidelis"`, the path of a file. */
  constructor(faults: string | readonly string[], subject?: string) {
    const list = typeof faults === "string" ? [faults] : faults;
    super(describe(list, subject), { code: "INVALID_CONFIGURATION", details: { faults: list } });
    this.faults = list;
  }
}

brandError(ConfigurationError, "ConfigurationError");

function describe(faults: readonly string[], subject: string | undefined): string {
  if (faults.length === 1) return subject === undefined ? `${faults[0]}` : `${subject}: ${faults[0]}`;
  const head = subject === undefined ? `${faults.length} faults` : `${subject} has ${faults.length} faults`;
  return [`${head}:`, ...faults.map((fault) => `  - ${fault}`)].join("\n");
}
