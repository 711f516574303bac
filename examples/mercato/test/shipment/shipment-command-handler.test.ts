import { given } from "@tidemark/testing";

import {
  AddressGiven,
  BookShipment,
  CallOffShipment,
  Shipment,
  ShipmentBooked,
  ShipmentCalledOff,
} from "../../src/domain";
import { complete, orderId, paid, placed } from "../fixtures/happened";

const booked = new ShipmentBooked({ orderId, trackingNumber: "IT-order-1" });
const book = new BookShipment({ orderId });

describe("BookShipment", () => {
  it("books a carrier for an order that is paid", async () => {
    const result = await given(Shipment, ...complete(), placed(), paid("25")).process(book);
    expect(result.events).toEqual([booked]);
    expect(result.aggregate).toMatchObject({ trackingNumber: "IT-order-1", status: "BOOKED" });
  });

  it("is refused for an order that is not paid", async () => {
    const result = await given(Shipment, ...complete(), placed()).process(book);
    expect(result.rejectionMessages).toEqual(["The order is PLACED, not PAID"]);
  });

  it("is refused for a country that no carrier delivers to", async () => {
    const address = { street: "Marktgasse 8", postcode: "3011", city: "Bern", country: "CH" };
    const toBern = new AddressGiven({ orderId, address });
    const result = await given(Shipment, ...complete(), toBern, placed(), paid("25")).process(book);
    expect(result.rejectionMessages).toEqual(["No carrier delivers to CH"]);
    expect(result.events).toEqual([]);
  });
});

describe("CallOffShipment", () => {
  it("calls the carrier off", async () => {
    const result = await given(Shipment, booked).process(new CallOffShipment({ orderId }));
    expect(result.events).toEqual([new ShipmentCalledOff({ orderId })]);
    expect(result.aggregate.status).toBe("CALLED_OFF");
  });
});
