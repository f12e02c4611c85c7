import { csvOf } from "@em-stellar/core";
import { expect, it } from "vitest";

it("quotes what would end a field, and nothing else", () => {
  expect(
    csvOf([
      ["a", 'b "c"', "d,e"],
      ["f\rg", 1.5, ""],
    ]),
  ).toBe('a,"b ""c""","d,e"\n"f\rg",1.5,\n');
});

it("keeps spreadsheets from computing names; negative numbers stay", () => {
  expect(csvOf([["=1+1", "+a", "-a", "@a", -0.5, "a=b"], ['=HYPERLINK("x")']])).toBe(
    `'=1+1,'+a,'-a,'@a,-0.5,a=b\n"'=HYPERLINK(""x"")"\n`,
  );
});
