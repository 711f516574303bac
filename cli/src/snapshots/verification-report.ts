import type { SnapshotVerification, StateDifference } from "@tidemark/core";

import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { redact } from "../printing/redact";
import type { Results } from "../printing/results";
import { valueInWords } from "../printing/value-in-words";

/** The verification of one aggregate, with the name of its class. */
export interface Finding extends SnapshotVerification {
  readonly aggregate: string;
}

type Count = SnapshotVerification["outcome"] | "repaired";

/** Prints wrong snapshots as they are found, and counts all outcomes. */
export class VerificationReport {
  private readonly counts: Record<Count, number> = {
    equal: 0,
    drift: 0,
    unusable: 0,
    failed: 0,
    missing: 0,
    repaired: 0,
  };
  private hasFindings = false;

  constructor(
    private readonly results: Results,
    private readonly options: { readonly repair: boolean; readonly json: boolean },
  ) {}

  /** The number of snapshots that are wrong and were not repaired. */
  get leftWrong(): number {
    const { drift, unusable, failed, repaired } = this.counts;
    return drift + unusable + failed - repaired;
  }

  count({ outcome, repaired }: Finding): void {
    this.counts[outcome]++;
    if (repaired) this.counts.repaired++;
  }

  async print(finding: Finding): Promise<void> {
    if (this.options.json) await this.results.print(`${this.separator()}${JSON.stringify(documentOf(finding))}`);
    else await this.results.line(linesOf(finding).join("\n"));
  }

  async end({ stopped }: { readonly stopped: boolean }): Promise<void> {
    if (!this.options.json) return await this.results.line(this.summary());
    const end = JSON.stringify({ counts: this.counts, stopped });
    await this.results.line(`${this.hasFindings ? "\n" : this.opening()}],${end.slice(1)}`);
  }

  /** The document is opened with its first finding, because a command that fails before that must print no half of it. */
  private separator(): string {
    const separator = this.hasFindings ? ",\n" : `${this.opening()}\n`;
    this.hasFindings = true;
    return separator;
  }

  private opening(): string {
    return `{"repair":${this.options.repair},"findings":[`;
  }

  private summary(): string {
    const { equal, drift, unusable, failed, missing, repaired } = this.counts;
    const faults = [...numbers({ drifted: drift, unusable, failed }), ...numbers({ repaired })];
    const without = missing === 0 ? "" : `, ${grouped(missing)} of them without a snapshot`;
    const all = equal + drift + unusable + failed + missing;
    return `Verified ${grouped(all)} aggregate(s)${without}: ${faults.join(", ") || "no faults"}.`;
  }
}

function numbers(counts: Readonly<Record<string, number>>): string[] {
  return Object.entries(counts).flatMap(([name, count]) => (count === 0 ? [] : [`${grouped(count)} ${name}`]));
}

function documentOf({ aggregate, id, reason, ...finding }: Finding): object {
  return { aggregate, identifier: id, ...finding, ...(reason !== undefined && { reason: redact(reason) }) };
}

function linesOf({
  aggregate,
  id,
  version,
  outcome,
  differences,
  reason = "",
  explanation,
  repaired,
}: Finding): string[] {
  const name = `${aggregate}(${printable(id)})`;
  if (outcome === "failed") return [`${name}: ${printable(redact(reason))}`];
  const why = outcome === "unusable" ? ` (${printable(explanation ?? reason)})` : "";
  const head = `${name}, version ${version}: ${outcome}${why}${repaired ? ", repaired" : ""}`;
  return [head, ...differences.map(differenceLine)];
}

function differenceLine({ path, snapshot, events }: StateDifference): string {
  return printable(`  ${path}: ${valueInWords(snapshot)} in the snapshot, ${valueInWords(events)} by the events`);
}
