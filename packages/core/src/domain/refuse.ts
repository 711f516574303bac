/** Told of each fault; checking goes on, so that all of them are listed at once. */
export type Refuse = (fault: string) => void;
