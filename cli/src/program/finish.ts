/** Takes the exit status that a command ends with. */
export type Finish = (status: number) => void;
