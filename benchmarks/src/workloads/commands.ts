import { costPerOperation } from "../program/batches";
import { perSecond } from "../program/cost";
import { CONTENDERS, STORES } from "../program/place";
import type { Workload } from "../program/workload";
import { PLAIN } from "../tellers/teller";
import { withTeller } from "./with-teller";

const STREAM_LENGTH = 20;
const FIGURES = 7;

interface Writers {
  readonly writers: number;
  readonly commandsEach: number;
  /** Whether all of them work on one account, and try again after a conflict. */
  readonly isContended?: boolean;
}

/** Each command loads a new account's 20 events and appends one. */
export const sequentialCommands = commands("sequential-commands", "one command after the other", {
  writers: 1,
  commandsEach: 400,
});

export const concurrentCommands = commands("concurrent-commands", "32 at once on 32 accounts", {
  writers: 32,
  commandsEach: 20,
});

export const contendedCommands = commands("contended-commands", "16 at once on one account", {
  writers: 16,
  commandsEach: 10,
  isContended: true,
});

function commands(name: string, title: string, { writers, commandsEach, isContended = false }: Writers): Workload {
  return {
    name,
    title,
    unit: "commands/s",
    better: "more",
    stores: STORES,
    contenders: CONTENDERS,
    variants: [{ title: "", size: STREAM_LENGTH }],
    measure: (place, { size }) =>
      withTeller(place, PLAIN, async (teller) => {
        const accountId = (batch: number, writer: number, command: number) =>
          isContended ? `${place.round}-${batch}` : `${place.round}-${batch}-${writer}-${command}`;
        const cost = await costPerOperation({
          figures: FIGURES,
          operations: writers * commandsEach,
          prepare: (batch) => {
            const ids = Array.from({ length: writers * commandsEach }, (_, n) =>
              accountId(batch, Math.floor(n / commandsEach), n % commandsEach),
            );
            return teller.open([...new Set(ids)], size);
          },
          run: async (batch) => {
            const work = async (writer: number) => {
              for (let command = 0; command < commandsEach; command++) {
                const id = accountId(batch, writer, command);
                const answer = isContended ? teller.depositPersistently(id) : teller.deposit(id);
                if (answer instanceof Promise) await answer;
              }
            };
            await Promise.all(Array.from({ length: writers }, (_, writer) => work(writer)));
          },
        });
        return perSecond(cost);
      }),
  };
}
