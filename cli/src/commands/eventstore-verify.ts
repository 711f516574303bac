import { ExitStatus } from "../exit-status";
import { printable } from "../printable";
import { grouped } from "../quantities";
import { type DomainOptions, withDomain } from "../with-domain";

export interface EventstoreVerifyOptions extends DomainOptions {
  readonly json?: boolean;
}

/** `domain eventstore verify` */
export async function eventstoreVerify(options: EventstoreVerifyOptions): Promise<number> {
  return await withDomain(options, async (domain, results) => {
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
