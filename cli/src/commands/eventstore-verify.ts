import type { Command } from "commander";

import { type DomainOptions, withDomain } from "../domain/with-domain";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { printable } from "../printing/printable";
import { grouped } from "../printing/quantities";
import { jsonOption, type Runtime } from "./declaration";

/** Declares `domain eventstore verify`. */
export function declareEventstoreVerify(eventstore: Command, { io, end }: Runtime): void {
  eventstore
    .command("verify")
    .description("read the whole event store and report what is damaged or missing")
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await eventstoreVerify(io, command.optsWithGlobals())));
}

async function eventstoreVerify(io: Io, options: DomainOptions): Promise<number> {
  return await withDomain(io, options, async (domain, results) => {
    let messages = 0;
    let faultCount = 0;
    if (options.json) await results.print('{"faults":[');
    for await (const page of domain.verifyEventStore()) {
      messages += page.messages;
      for (const fault of page.faults) {
        const { stream, position, reason } = fault;
        if (options.json) await results.print(`${faultCount === 0 ? "\n" : ",\n"}${JSON.stringify(fault)}`);
        else await results.line(`${printable(stream)}, ${position}: ${printable(reason)}`);
        faultCount++;
      }
    }
    if (options.json) await results.line(`],"messages":${messages}}`);
    else {
      const outcome = faultCount === 0 ? "no faults" : `${grouped(faultCount)} fault(s)`;
      await results.line(`Verified ${grouped(messages)} message(s): ${outcome}.`);
    }
    return faultCount === 0 ? ExitStatus.done : ExitStatus.failed;
  });
}
