import { pageHeaders, studioFolder } from "@em-stellar/studio";
import { openInBrowser } from "../studio/open-in-browser.js";
import { servePage } from "../studio/serve-page.js";
import { interruptible } from "../terminal/interruptible.js";
import type { Terminal } from "../terminal/terminal.js";

/** The command's options as they were written. */
export interface StudioCommand {
  readonly port: number;
  readonly open: boolean;
}

/** `em-stellar studio`: serves the studio to this machine until Ctrl-C. */
export async function studio({ port, open }: StudioCommand, terminal: Terminal): Promise<void> {
  const page = await servePage({ folder: studioFolder, port, headers: pageHeaders });
  terminal.print(`The studio is at ${page.address}`);
  terminal.print("Nothing leaves this computer. The browser keeps your projects. Ctrl-C ends the server.");
  if (open) openInBrowser(page.address);
  await interruptible(
    {
      stopped: "The server has stopped. Start it again to continue: the browser keeps what was trained.",
      status: 0,
      async work(signal) {
        await new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))).finally(() =>
          page.close(),
        );
      },
    },
    terminal,
  );
}
