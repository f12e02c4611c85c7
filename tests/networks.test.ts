import { wasm } from "@em-stellar/backends";
import { networksConform } from "./networks.js";

networksConform(() => wasm().start(), { baseFilters: 4, dropout: null });
