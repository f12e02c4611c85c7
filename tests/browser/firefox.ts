import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createConnection, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** Debian's Firefox, which scripts/install-firefox.sh installs; FIREFOX names another one. */
const executablePath = process.env.FIREFOX ?? "/usr/bin/firefox-esr";

export const hasFirefox = existsSync(executablePath);

/** A Firefox without a window. */
export interface Firefox {
  /** Opens an address. */
  open(address: string): Promise<void>;
  /** What the body of an async function gives that runs in the page. */
  evaluate<Result>(body: string): Promise<Result>;
  close(): Promise<void>;
}

/**
 * Starts Debian's Firefox with a fresh profile. It is driven by WebDriver's commands over Marionette, its own socket: Debian has
 * no geckodriver, and Playwright drives only a Firefox of its own
 * (https://firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
 */
export async function launchFirefox(): Promise<Firefox> {
  const profile = mkdtempSync(join(tmpdir(), "em-stellar-firefox-"));
  writeFileSync(join(profile, "user.js"), 'user_pref("marionette.port", 0);\n'); // a free one
  const child = spawn(executablePath, ["--headless", "--no-remote", "--marionette", "--profile", profile], {
    stdio: "ignore",
    env: { ...process.env, HOME: profile },
  });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const end = async () => {
    child.kill();
    await ended;
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const ask = commandsOver(createConnection(await portOf(profile, child), "127.0.0.1"));
    await ask("WebDriver:NewSession", {});
    await ask("WebDriver:SetTimeouts", { script: 300_000, pageLoad: 300_000 });
    return {
      open: async (url) => {
        await ask("WebDriver:Navigate", { url });
      },
      evaluate: async <Result>(body: string) => {
        const script = `const done = arguments[0];
          (async () => { ${body} })().then((value) => done({ value }), (error) => done({ problem: String(error) }));`;
        const answer = (await ask("WebDriver:ExecuteAsyncScript", { script, args: [] })) as {
          value: { value: Result; problem?: string };
        }; // what the script above gives
        if (answer.value.problem !== undefined) throw new Error(answer.value.problem);
        return answer.value.value;
      },
      close: end,
    };
  } catch (error) {
    await end();
    throw error;
  }
}

/** The port that Firefox writes into its profile once it listens. */
async function portOf(profile: string, child: ChildProcess): Promise<number> {
  const file = join(profile, "MarionetteActivePort");
  for (let wait = 0; wait < 600; wait++) {
    if (child.exitCode !== null) throw new Error(`Firefox ended with status ${child.exitCode}.`);
    const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
    if (port > 0) return port;
    await sleep(100);
  }
  throw new Error("Firefox has not opened its port for a minute.");
}

/** Sends commands as `length:[0, id, name, parameters]`; answers are `length:[1, id, error, result]`. */
function commandsOver(socket: Socket): (name: string, parameters: object) => Promise<unknown> {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  const fail = (error: Error) => {
    for (const { reject } of waiting.values()) reject(error);
    waiting.clear();
  };
  let received = Buffer.alloc(0);
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("Firefox has closed the connection.")));
  socket.on("data", (data) => {
    received = Buffer.concat([received, data]);
    for (;;) {
      const colon = received.indexOf(":");
      const length = Number(received.subarray(0, Math.max(0, colon)).toString());
      if (colon < 0 || received.length < colon + 1 + length) return;
      const message: unknown = JSON.parse(received.subarray(colon + 1, colon + 1 + length).toString());
      received = received.subarray(colon + 1 + length);
      if (!Array.isArray(message)) continue; // what Firefox says of itself at the start
      const [, id, error, result] = message as [1, number, { error: string; message: string } | null, unknown]; // the protocol
      const asker = waiting.get(id);
      waiting.delete(id);
      if (error) asker?.reject(new Error(`${error.error}: ${error.message}`));
      else asker?.resolve(result);
    }
  });
  let last = 0;
  return (name, parameters) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      const text = JSON.stringify([0, id, name, parameters]);
      socket.write(`${Buffer.byteLength(text)}:${text}`);
    });
}
