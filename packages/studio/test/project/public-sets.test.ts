import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cardiac, lateralHabenula } from "../../../em-stellar/src/data-sets/index.js";
import { filesOfSet, type PublicSet, publicSets } from "../../src/project/public-sets.js";

const listed = [cardiac, lateralHabenula].map(({ id, files }) => ({ id, paths: files.map(({ path }) => path) }));
const setOf = (id: string) => publicSets.find((set) => set.id === id) as PublicSet;
const given = (paths: readonly string[]) => paths.map((path) => ({ path, content: new File(["1"], path) }));

describe("the public sets", () => {
  it("are those that em-stellar data fetches", () => {
    expect(publicSets.map(({ id }) => id)).toEqual(listed.map(({ id }) => id));
  });

  it.each(listed)(
    "$id is found among its files, and in the folder above, without what is no image or mask of it",
    ({ id, paths }) => {
      const set = setOf(id);
      const wanted = paths.filter((path) => Object.keys(set.folders).some((folder) => path.startsWith(`${folder}/`)));
      expect(wanted.length).toBeGreaterThan(40);
      const sorted = (files: readonly { path: string }[]) => files.map(({ path }) => path).sort();
      expect(sorted(filesOfSet(set, given(paths)))).toEqual([...wanted].sort());
      const above = [...paths.map((path) => `${id}/${path}`), "notes.txt"];
      expect(sorted(filesOfSet(set, given(above)))).toEqual([...wanted].sort());
    },
  );

  it("a folder that lacks some of it is refused in a sentence", () => {
    const paths = cardiac.files.map(({ path }) => path);
    const lost = paths.find((path) => path.startsWith("train/masks/"));
    const some = paths.filter((path) => path !== lost);
    expect(() => filesOfSet(setOf("cardiac"), given(some))).toThrow(
      'This is not the whole set cardiac: train/masks should hold 20 files, and holds 19. Choose the folder that "npx em-stellar data cardiac FOLDER" has made.',
    );
    expect(() => filesOfSet(setOf("cardiac"), given(["a.tif"]))).toThrow(
      "train/images should hold 20 files, and is not there.",
    );
  });

  it.skipIf(!process.env.EM_STELLAR_DATA)(
    "have as many files as the folders on the disk (needs EM_STELLAR_DATA)",
    () => {
      for (const { id, folders } of publicSets) {
        for (const [folder, count] of Object.entries(folders)) {
          expect(readdirSync(join(process.env.EM_STELLAR_DATA as string, id, folder)), `${id}/${folder}`).toHaveLength(
            count,
          );
        }
      }
    },
  );
});
