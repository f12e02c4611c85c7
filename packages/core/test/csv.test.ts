import { csvOf } from "@em-stellar/core";
import { expect, it } from "vitest";

it("quotes what would end a field, and nothing else", () => {
  expect(
    csvOf([
      ["a", 'b "c"', "d,e"],
      ["f\ng", 1.5, ""],
    ]),
  ).toBe('a,"b ""c""","d,e"\n"f\ng",1.5,\n');
});

it("keeps spreadsheets from computing names; negative numbers stay", () => {
  expect(csvOf([["=1+1", "+a", "-a", "@a", -0.5, "a=b"], ['=HYPERLINK("x")']])).toBe(
    `'=1+1,'+a,'-a,'@a,-0.5,a=b\n"'=HYPERLINK(""x"")"\n`,
  );
});

it("shows what a terminal or an editor would hide or obey", () => {
  expect(csvOf([["\u001b[2Ja", "b\rc", "\u202ed", "\t=1"]])).toBe(
    String.raw`\u001b[2Ja,b\u000dc,\u202ed,'\u0009=1${"\n"}`,
  );
});
