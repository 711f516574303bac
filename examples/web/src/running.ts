/** A server that takes requests. */
export interface Running {
  /** `http://127.0.0.1:8080` */
  readonly url: string;
  /** Takes no more requests, answers those under way, and closes the domain. */
  close(): Promise<void>;
}
