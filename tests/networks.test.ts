import { wasm } from "@em-stellar/backend-wasm";
import { networksConform } from "./networks.js";

networksConform(() => wasm().start(), { baseFilters: 4, dropout: null });
