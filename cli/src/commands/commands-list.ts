import type { QueuedCommandStatus } from "@tidemark/core";
import { type Command, Option } from "commander";

import { paged, shellWord } from "../domain/paged";
import { type DomainOptions, withDomain } from "../domain/with-domain";
import { CommandError } from "../io/command-error";
import { ExitStatus } from "../io/exit-status";
import type { Io } from "../io/io";
import { grouped } from "../printing/quantities";
import { distance } from "../printing/relative-time";
import { type Column, printTable } from "../printing/table";
import { addFilter, type FilterOptions, filterInWords, filterOf } from "../queued-commands/command-filter";
import { jsonOption, limitOption, type Runtime, repeated } from "./declaration";

const USUAL_LIMIT = 50;
const STATES = ["waiting", "parked", "done", "refused", "expired", "cancelled"] as const;
type State = (typeof STATES)[number];

interface CommandsListOptions extends DomainOptions, FilterOptions {
  readonly state?: readonly State[];
  readonly process?: string;
  readonly id?: string;
  readonly after?: string;
  readonly limit: number;
}

/** Declares `domain commands list`. */
export function declareCommandsList(commands: Command, { io, end }: Runtime): void {
  const list = commands
    .command("list")
    .description("list the commands in the queue: those that wait, are parked, or are finished and kept")
    .addOption(
      new Option("--state <state>", `only those that are ${STATES.join(", ")}; may be repeated`).argParser(repeated),
    );
  addFilter(list)
    .option("--process <name>", "only those that an instance of this process manager has issued; needs --id")
    .option("--id <id>", "the id of that instance")
    .option("--after <id>", "go on behind this id, which need not exist")
    .addOption(limitOption("list at most n of them", USUAL_LIMIT))
    .addOption(jsonOption())
    .action(async (_options, command: Command) => end(await commandsList(io, command.optsWithGlobals())));
}

async function commandsList(io: Io, options: CommandsListOptions): Promise<number> {
  const { state: states, process, id, after: start, limit, json = false } = options;
  for (const state of states ?? [])
    if (!STATES.includes(state))
      throw new CommandError(`There is no state ${JSON.stringify(state)}: a command is ${STATES.join(", ")}`);
  if ((id === undefined) !== (process === undefined))
    throw new CommandError("--process and --id name an instance together: give both of them");
  const issuedBy = id === undefined || process === undefined ? undefined : { process, id };
  return await withDomain(io, options, async (domain, results) => {
    const filter = { ...filterOf(options), ...(states && { states }), ...(issuedBy && { issuedBy }) };
    const listed = paged<QueuedCommandStatus>(io, {
      page: (size, last) => {
        const after = last?.id ?? start;
        return domain.commands({ ...filter, limit: size, ...(after !== undefined && { after }) });
      },
      limit,
      callBehind: (last) => callBehind(last, options),
    });
    if (json) {
      await results.array(listed);
      await results.print("\n");
      return ExitStatus.done;
    }
    const count = await printTable(COLUMNS, rowsOf(listed, Date.now()), results);
    await results.line(count === 0 ? "No commands." : `${grouped(count)} command(s).`);
    return ExitStatus.done;
  });
}

function callBehind({ id: last }: QueuedCommandStatus, options: CommandsListOptions): string {
  const { state = [], process, id } = options;
  const states = state.map((each) => `--state=${each}`);
  const instance = process === undefined || id === undefined ? [] : [`--process=${process}`, `--id=${shellWord(id)}`];
  const filters = [...states, ...filterInWords(options), ...instance];
  return ["domain commands list", ...filters, `--after=${shellWord(last)}`].join(" ");
}

const COLUMNS: readonly Column[] = [
  { title: "id", shrinks: true },
  { title: "command" },
  { title: "lane" },
  { title: "state" },
  { title: "due", alignRight: true },
  { title: "attempts", alignRight: true },
  { title: "issued by", shrinks: true },
  { title: "error" },
];

async function* rowsOf(listed: AsyncIterable<QueuedCommandStatus>, now: number): AsyncGenerator<readonly string[]> {
  for await (const { id, type, lane, state, dueAt, attempts, issuedBy, error } of listed)
    yield [
      id,
      type,
      lane,
      state,
      state === "waiting" ? distance(dueAt, now) : "",
      grouped(attempts),
      issuedBy === undefined ? "" : `${issuedBy.process} ${issuedBy.id}`,
      error?.message ?? "",
    ];
}
