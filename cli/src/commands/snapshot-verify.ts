import type { Domain } from "@tidemark/core";

import { chooseAggregates, countAggregates } from "../choose-aggregate";
import { ExitStatus } from "../exit-status";
import { Interruption } from "../interruption";
import { startProgress } from "../progress";
import type { Results } from "../results";
import { checkSelection, type Selection } from "../selection";
import { type Finding, VerificationReport } from "../verification-report";
import { type DomainOptions, withDomain } from "../with-domain";

export interface SnapshotVerifyOptions extends DomainOptions, Selection {
  readonly repair?: boolean;
  readonly json?: boolean;
}

/** `domain snapshot verify` */
export async function snapshotVerify(options: SnapshotVerifyOptions): Promise<number> {
  checkSelection(options);
  return await withDomain(options, async (domain, results) => {
    const { repair = false, json = false } = options;
    using interruption = new Interruption();
    const report = new VerificationReport(results, { repair, json });
    await verify(domain, { results, report, signal: interruption.signal }, options);
    const { by: signal } = interruption;
    await report.end({ stopped: signal !== undefined });
    if (signal !== undefined) {
      process.stderr.write(`Stopped by ${signal}: the remaining aggregates were not verified.\n`);
      return ExitStatus.endedBy(signal);
    }
    return report.leftWrong > 0 ? ExitStatus.failed : ExitStatus.done;
  });
}

interface Run {
  readonly results: Results;
  readonly report: VerificationReport;
  readonly signal: AbortSignal;
}

async function verify(domain: Domain, { results, report, signal }: Run, options: SnapshotVerifyOptions): Promise<void> {
  const { aggregate, identifier, repair = false, json = false } = options;
  const progress = await startProgress(process.stderr, {
    isWanted: !json && identifier === undefined,
    total: () => countAggregates(domain, chooseAggregates(domain, aggregate).values()),
  });
  try {
    for await (const finding of findings(domain, options, signal)) {
      const isWrong = !["equal", "missing"].includes(finding.outcome);
      report.count(finding);
      if (isWrong) await progress.aside(() => report.print(finding));
      progress.step(isWrong && !finding.repaired);
      // Nobody reads any more, but what is to be repaired still is.
      if (results.isClosed && !repair) return;
    }
  } finally {
    progress.end();
  }
}

async function* findings(
  domain: Domain,
  { aggregate: name, identifier: id, repair = false }: SnapshotVerifyOptions,
  signal: AbortSignal,
): AsyncGenerator<Finding> {
  for (const [aggregate, type] of chooseAggregates(domain, name)) {
    const snapshots = domain.snapshotsFor(type);
    if (id !== undefined) yield { aggregate, ...(await snapshots.verify(id, { repair })) };
    else for await (const one of snapshots.verify({ repair, signal })) yield { aggregate, ...one };
  }
}
