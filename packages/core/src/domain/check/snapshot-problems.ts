import type { AggregateSnapshotConfig } from "../../config/domain-config";
import type { DomainProblem } from "../../model/domain-problem";
import type { SnapshotOptions } from "../../snapshots/strategies/snapshot-options";
import type { CheckSubject } from "./check-subject";

/** Rules of single aggregates for automatic snapshots that never come to bear. */
export function* snapshotProblems({ model, config, snapshotOptions }: CheckSubject): Generator<DomainProblem> {
  if (config === undefined) return;
  const { snapshots } = config;
  for (const { name, type } of model.aggregates.values()) {
    const operator = snapshots.aggregates.get(name);
    const decorator = snapshotOptions(type);
    if (!hasRule(operator, decorator)) continue;
    const mode = operator?.mode ?? decorator?.mode ?? snapshots.mode;
    const on = operator?.on ?? decorator?.on ?? snapshots.on;
    const reason =
      mode === "manual" ? 'its mode is "manual"' : on.length === 0 ? "it has no occasion in on" : undefined;
    if (reason === undefined) continue;
    const message = `${name} says when a snapshot is due, but ${reason}, so that none is written; drop one of the two`;
    yield { code: "SNAPSHOT_RULE_WITHOUT_EFFECT", severity: "warning", element: name, message };
  }
}

function hasRule(operator: AggregateSnapshotConfig | undefined, decorator: SnapshotOptions | undefined): boolean {
  if (operator?.rules !== undefined || decorator?.when !== undefined) return true;
  return (operator?.threshold ?? decorator?.threshold ?? 0) > 0;
}
