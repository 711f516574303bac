import type { Class } from "../../metadata/class-types";
import { constructionFaults } from "../../model/construction-faults";
import { examineModel } from "../../model/domain-model";
import type { DomainProblem } from "../../model/domain-problem";
import type { SnapshotOptions } from "../../snapshots/strategies/snapshot-options";
import type { DomainParts } from "../start-runtime";
import { aggregateProblems } from "./aggregate-problems";
import type { CheckRule } from "./check-subject";
import { commandProblems } from "./command-problems";
import { examineConfiguration, nameProblems, providerProblems } from "./configuration-problems";
import { snapshotProblems } from "./snapshot-problems";

/** One for each family of problems that `init()` tolerates. */
const RULES: readonly CheckRule[] = [aggregateProblems, commandProblems, snapshotProblems];

/** Everything that is wrong with a domain, as far as it shows without an event store. Opens none and writes nothing. */
export async function checkDomain({ name, registry, options }: DomainParts): Promise<readonly DomainProblem[]> {
  const { model, problems } = examineModel(name, registry);
  const { config, faults } = examineConfiguration(options);
  const snapshotOptions = (type: Class) => registry.optionsOf(type)?.snapshot as SnapshotOptions | undefined;
  return [
    ...faults,
    ...(config === undefined ? [] : nameProblems(config, model)),
    ...(config === undefined || options.eventStore !== undefined ? [] : await providerProblems(config)),
    ...problems,
    ...(options.resolver === undefined ? constructionFaults(registry) : []),
    ...RULES.flatMap((rule) => [...rule({ model, config, snapshotOptions })]),
  ];
}
