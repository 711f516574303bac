import { given } from "@tidemark/testing";

import { PaymentRefunded, Refund, RefundPayment } from "../../src/domain";
import { euro, orderId } from "../fixtures/happened";

const refund = { receipt: "r-1", orderId, amount: euro("25"), reason: "changed my mind" };

describe("RefundPayment", () => {
  it("gives money back", async () => {
    const result = await given(Refund).process(new RefundPayment(refund));
    expect(result.events).toEqual([new PaymentRefunded(refund)]);
    expect(result.aggregate).toMatchObject({ orderId, amount: refund.amount });
  });

  it("gives it back once", async () => {
    const result = await given(Refund, new PaymentRefunded(refund)).process(new RefundPayment(refund));
    expect(result.rejection).toMatchObject({ code: "EXPECTED_VERSION_MISMATCH" });
    expect(result.events).toEqual([]);
  });
});
