import { status } from "@tidemark/core";

/** The states of an order, each with the states that may follow it. */
export const orderStatus = () =>
  status({
    initial: "DRAFT",
    transitions: {
      DRAFT: ["PLACED", "CANCELLED"],
      PLACED: ["PAID", "CANCELLED"],
      PAID: ["SHIPPED", "CANCELLED"],
      SHIPPED: ["DELIVERED"],
      DELIVERED: ["RETURNED"],
      CANCELLED: [],
      RETURNED: [],
    },
  });
