import { expect, it } from "vitest";
import { withoutNames } from "../../src/app/without-names.js";

it.each([
  ["train/images/patient-7.tif is corrupt or truncated.", "… is corrupt or truncated."],
  ["patient 7 b.tiff (page 3) holds NaN", "patient 7 … (page 3) holds NaN"],
  ['There is no "patient-7" here', 'There is no "…" here'],
  ["C:\\Users\\anna\\a.png cannot be read", "C:… cannot be read"],
  ["The device has 4 GiB, but 5.5 are needed.", "The device has 4 GiB, but 5.5 are needed."],
])("%s", (message, expected) => {
  expect(withoutNames(message)).toBe(expected);
});
