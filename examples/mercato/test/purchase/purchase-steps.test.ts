import { ValidationError } from "@tidemark/core";
import { given, rejected, timer } from "@tidemark/testing";

import {
  BookShipment,
  CallOffShipment,
  CancelOrder,
  ExpireOrder,
  OrderCancelled,
  PaymentRefunded,
  Purchase,
  RefundPayment,
  ShipmentBooked,
  ShipOrder,
} from "../../src/domain";
import { euro, orderId, paid, placed, shipped } from "../fixtures/happened";

const booked = new ShipmentBooked({ orderId, trackingNumber: "IT-1" });
const cancelled = new OrderCancelled({ orderId, reason: "changed my mind" });
const refusal = (text: string) => new ValidationError({ status: [text] });

describe("the process of a purchase", () => {
  it("waits two days for the payment", async () => {
    const { commands, timers } = await given(Purchase, placed());
    expect(commands).toEqual([]);
    expect(timers).toMatchObject([{ name: "expiry" }]);
  });

  it("asks the order to expire when the time is over", async () => {
    const { commands } = await given(Purchase, placed()).when(timer("expiry"));
    expect(commands).toEqual([new ExpireOrder({ orderId })]);
  });

  it("books a carrier once it is paid, and waits no longer", async () => {
    const { commands, timers } = await given(Purchase, placed()).when(paid("25"));
    expect(commands).toEqual([new BookShipment({ orderId })]);
    expect(timers).toEqual([]);
  });

  it("goes on with a payment that came at the last moment", async () => {
    const late = rejected(new ExpireOrder({ orderId }), refusal("The order is PAID, not PLACED"));
    const { state, commands } = await given(Purchase, placed()).when(timer("expiry")).when(paid("25")).when(late);
    expect(state).toMatchObject({ step: "PAID" });
    expect(commands).toEqual([]);
  });

  it("has the parcel sent, and ends", async () => {
    const sending = given(Purchase, placed(), paid("25")).when(booked);
    expect((await sending).commands).toEqual([new ShipOrder({ orderId, trackingNumber: "IT-1" })]);
    expect((await sending.when(shipped())).completed).toBe(true);
  });

  it("cancels what no carrier takes, then refunds it, then ends", async () => {
    const refused = given(Purchase, placed(), paid("25")).when(
      rejected(new BookShipment({ orderId }), refusal("No carrier delivers to CH")),
    );
    expect((await refused).commands).toEqual([
      new CancelOrder({ orderId, reason: "status: No carrier delivers to CH" }),
    ]);
    const refund = { receipt: "r-1", orderId, amount: euro("25"), reason: "changed my mind" };
    const refunding = refused.when(cancelled);
    expect((await refunding).commands).toEqual([new RefundPayment(refund)]);
    expect((await refunding.when(new PaymentRefunded(refund))).completed).toBe(true);
  });

  it("calls the carrier off where the customer cancelled meanwhile", async () => {
    const ship = new ShipOrder({ orderId, trackingNumber: "IT-1" });
    const { commands } = await given(Purchase, placed(), paid("25"), booked, cancelled).when(
      rejected(ship, refusal("cannot go from CANCELLED to SHIPPED")),
    );
    expect(commands).toEqual([new CallOffShipment({ orderId })]);
  });

  it("ends at once where there is nothing to refund", async () => {
    const { completed, commands, timers } = await given(Purchase, placed()).when(cancelled);
    expect({ completed, commands, timers }).toEqual({ completed: true, commands: [], timers: [] });
  });
});
