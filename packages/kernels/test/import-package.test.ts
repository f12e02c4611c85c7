import { expect, it } from "vitest";
import { importPackage } from "../src/backend/import-package.js";

it("names the package that is missing, and hides no other error", async () => {
  const missing = Object.assign(new Error("Cannot find package '@tensorflow/tfjs-backend-wasm' imported from …"), {
    code: "ERR_MODULE_NOT_FOUND",
  });
  const load = (error: Error) => importPackage("wasm", "@tensorflow/tfjs-backend-wasm", () => Promise.reject(error));
  await expect(load(missing)).rejects.toThrow(
    'backend "wasm" does not start. The package @tensorflow/tfjs-backend-wasm is not installed. Install it: npm install @tensorflow/tfjs-backend-wasm@^4.22.0',
  );
  await expect(load(new Error("syntax"))).rejects.toThrow("syntax");
});
