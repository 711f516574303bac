import { Domain } from "@tidemark/core";

/** Has its own file, so that every element can import it without a circle. */
export const domain = new Domain("fidelis");
