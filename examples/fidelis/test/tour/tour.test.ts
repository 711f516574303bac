import type { Printer } from "@tidemark/example-tour";
import { Account, domain, Transfer } from "../../src/domain";
import { tour } from "../../src/tour/tour";
import { bankOfItsOwn } from "../fixtures/bank-folder";

bankOfItsOwn();

function collecting(): Printer & { readonly lines: string[] } {
  const lines: string[] = [];
  return { lines, heading: (text) => lines.push(text), line: (text = "") => lines.push(text) };
}

describe("the tour", () => {
  it("shows the snapshot at version 4, the balance of 1700.00, what a load replays, a review, a process and the dashboard", async () => {
    const printer = collecting();
    await tour(printer, { corporateEvents: 1_500 });
    expect(printer.lines).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/She deposits 100 +4 +at version 4$/),
        "  To load it takes the snapshot and a replay of 3 events, not 8:",
        "  balance 1700.00 at version 7",
        expect.stringContaining("Imported acc-corporate-001 with 1,500 events"),
        expect.stringContaining("Created a snapshot at version 1,499"),
        expect.stringMatching(/^ {2}without a snapshot +1,500 /),
        expect.stringMatching(/^ {2}with its snapshot +5 /),
        "  Compliance has opened a review of 25,000.00 on ACC-006.",
        "  Nothing happens twice: there is 1 review.",
        "  WithdrawalMade     by a command of FundsTransfer",
        "  TransferCompleted  by a command of FundsTransfer",
        "  Then 1,000,000.00: FAILED",
        "  balance: Insufficient funds: balance cannot be negative",
        "  Another Olga, same e-mail: UNIQUE_VIOLATION",
        "  A third account is refused, her row stays as it was: VALIDATION_FAILED",
        "  Customers in Bern, with their accounts: Olga (2), Pia (0)",
        expect.stringMatching(/^ {2}CORP-001 +Fidelis Trading Ltd +\S+ +1,504 +0$/),
        expect.stringMatching(/^ {2}ACC-006 +Frank +25,\S+ +3 +1$/),
      ]),
    );
  });

  it("fits into 80 columns", async () => {
    const printer = collecting();
    await tour(printer, { corporateEvents: 1_500 });
    expect(printer.lines.filter((line) => line.length > 80)).toEqual([]);
  });

  it("leaves a bank of 14 accounts, each with events that no snapshot covers yet", async () => {
    await tour(collecting(), { corporateEvents: 1_500 });
    await domain.init();
    expect(await domain.createAllSnapshots()).toEqual({
      Account: { created: 14, unchanged: 0, failed: [] },
      Review: { created: 1, unchanged: 0, failed: [] },
      Transfer: { created: 12, unchanged: 0, failed: [] },
    });
    expect(await domain.repositoryFor(Account).get("acc-corporate-001")).toMatchObject({ version: 1_504 });
    expect(await domain.repositoryFor(Transfer).count()).toBe(12);
  });
});
