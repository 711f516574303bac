import { Transfer } from "../../src/domain";

describe("a settled transfer", () => {
  it("cannot be completed twice", () => {
    const transfer = Transfer.start("a", "b", 10);
    transfer.complete();
    expect(() => transfer.complete()).toThrow("Transfer is completed already");
  });

  it("cannot complete after it failed", () => {
    const transfer = Transfer.start("a", "b", 10);
    transfer.fail("no funds");
    expect(() => transfer.complete()).toThrow("Transfer is failed already");
    expect(transfer.reason).toBe("no funds");
  });
});
