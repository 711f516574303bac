import { listenAddressOf } from "../../src/config/listen-address";

describe("listenAddressOf", () => {
  it.each([
    ["127.0.0.1:8080", { host: "127.0.0.1", port: 8080 }],
    ["localhost:80", { host: "localhost", port: 80 }],
    ["[::1]:8080", { host: "::1", port: 8080 }],
    [":8080", { port: 8080 }],
    ["0.0.0.0:0", { host: "0.0.0.0", port: 0 }],
  ])("reads %j", (text, address) => expect(listenAddressOf(text)).toEqual(address));

  it.each([
    "",
    "8080",
    "localhost",
    "localhost:",
    "::1:8080",
    "[1.2.3.4]:80",
    "[::1]",
    "a b:80",
    "http://a:80",
    "a:65536",
  ])("refuses %j", (text) => expect(listenAddressOf(text)).toBeUndefined());
});
