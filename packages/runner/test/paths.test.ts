import { posix, win32 } from "node:path";
import { describe, expect, it } from "vitest";
import { isInside, withSlashes } from "../src/node/paths.js";

describe("whether a path is in a folder", () => {
  it.each([
    ["/data/run", true],
    ["/data/run/jobs/a.json", true],
    ["/data/run/..jobs", true],
    ["/data/running", false],
    ["/data", false],
    ["/data/run/../other", false],
  ])("%s in /data/run: %s", (file, expected) => {
    expect(isInside(file, "/data/run", posix)).toBe(expected);
  });

  it.each([
    ["C:\\data\\run", true],
    ["C:\\data\\run\\jobs\\a.json", true],
    ["c:\\DATA\\Run\\a.json", true],
    ["C:/data/run/a.json", true],
    ["C:\\data\\running", false],
    ["C:\\data\\run\\..\\other", false],
    ["D:\\data\\run\\a.json", false],
    ["\\\\server\\share\\run", false],
  ])("%s in C:\\data\\run: %s", (file, expected) => {
    expect(isInside(file, "C:\\data\\run", win32)).toBe(expected);
  });
});

it("a path is recorded with slashes; a backslash in the name of a file stays where it is a letter", () => {
  expect(withSlashes("jobs\\unet\\fold-0", win32)).toBe("jobs/unet/fold-0");
  expect(withSlashes("jobs/od\\d/fold-0", posix)).toBe("jobs/od\\d/fold-0");
});
