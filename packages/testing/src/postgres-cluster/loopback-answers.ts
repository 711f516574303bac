import { get } from "node:http";

/** A frozen process accepts the connection and says nothing. */
const TIMEOUT_MS = 1_000;

/** What came back from a GET. */
interface Answered {
  readonly status: number;
  readonly body: string;
}

/** Asks who listens on a port of 127.0.0.1; undefined without an answer within a second. */
export function askAt(port: number, path: string): Promise<Answered | undefined> {
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port, path, agent: false, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const request = get(options, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text) => {
        body += text;
      });
      response.on("end", () => resolve({ status: response.statusCode!, body }));
      response.on("error", () => resolve(undefined));
    });
    request.on("error", () => resolve(undefined));
  });
}
