import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { toleratesClosedPipe } from "../../src/terminal/closed-pipe.js";

it("lets output end quietly where its reader has left, and no other error pass", () => {
  const output = new EventEmitter();
  toleratesClosedPipe(output);
  output.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
  expect(() => output.emit("error", Object.assign(new Error("disk full"), { code: "ENOSPC" }))).toThrow("disk full");
});
