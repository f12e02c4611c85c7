/** The version of this copy of `@em-stellar/core`, which plugins carry. `npm run version` keeps it. */
export const coreVersion = "1.0.0";
