/** Whether each row is checked against its whole shape. In production only what stores could not keep is looked for. */
export const checksWholeRows = process.env.NODE_ENV !== "production" && process.env.DOMAIN_ENV !== "production";
