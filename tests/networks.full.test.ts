import { cpu } from "@em-stellar/backend-cpu";
import { wasm } from "@em-stellar/backend-wasm";
import { describe } from "vitest";
import { networksConform } from "./networks.js";

// As they come, dropout included, but narrow.
describe("wasm, strict SIMD", () => networksConform(() => wasm({ simd: "strict" }).start(), { baseFilters: 4 }));

describe("wasm, two threads, the stable head", () =>
  networksConform(() => wasm({ threads: 2 }).start(), { baseFilters: 4, dropout: null, head: "stable" }));

// In plain JavaScript a step takes seconds, and a minute for CDeep3M's deconvolutions.
const isSlow = (check: string, network: string) =>
  ["overfits a batch", "leaves no tensor behind"].includes(check) ||
  (check === "gives every weight a gradient" && network === "cdeep3m");
describe("cpu", () => networksConform(() => cpu().start(), { baseFilters: 2, dropout: null }, isSlow));
