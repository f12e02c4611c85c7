import { serve } from "./serve.js";

// The browser keeps a run by address, so the port stays the same unless another is named.
const port = Number(process.argv[2] ?? 8080);
try {
  const { address } = await serve({ port });
  console.log(`Open ${address} in a browser. Ctrl-C ends the server.`);
} catch (error) {
  if (!(error instanceof Error && "code" in error && error.code === "EADDRINUSE")) throw error;
  console.error(`Port ${port} is taken. Name another: npm run start -w @em-stellar/example-browser -- ${port + 1}`);
  process.exitCode = 1;
}
