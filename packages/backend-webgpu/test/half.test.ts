import { describe, expect, it } from "vitest";
import type { Compute } from "../src/compute.js";
import { mostPromising, rankTiles } from "../src/convolution/choose.js";
import { chooseUnit } from "../src/convolution/choose-unit.js";
import { filterGradientProduct } from "../src/convolution/filter-gradient.js";
import { forwardProduct } from "../src/convolution/forward.js";
import { type Geometry, geometryOf } from "../src/convolution/geometry.js";
import { productShader } from "../src/convolution/product.js";
import { sharedBytes, type Tile, threadsOf, tileName, tiles, tilesOf } from "../src/convolution/tile.js";
import type { GpuAdapterInfo } from "../src/gpu-types.js";
import { webgpu } from "../src/index.js";

const adapter: GpuAdapterInfo = {
  vendor: "nvidia",
  architecture: "ampere",
  device: "",
  description: "",
  subgroupMinSize: 32,
  subgroupMaxSize: 32,
  subgroupMatrixConfigs: [
    { componentType: "f16", resultComponentType: "f16", M: 16, N: 16, K: 16 },
    { componentType: "f16", resultComponentType: "f32", M: 16, N: 8, K: 16 },
    { componentType: "f16", resultComponentType: "f32", M: 16, N: 16, K: 16 },
    { componentType: "u8", resultComponentType: "u32", M: 16, N: 16, K: 32 },
  ],
};
const features = new Set(["shader-f16", "subgroups", "chromium-experimental-subgroup-matrix"]);
const unit = { m: 16, n: 16, k: 16, lanes: 32 };

/** As much as is asked of the device here. */
const compute = (limits: Record<string, number>) => ({ limits, features }) as unknown as Compute;
const large = compute({ maxComputeWorkgroupStorageSize: 49152, maxComputeInvocationsPerWorkgroup: 1024 });
const scaleOf = () => {
  throw new Error("nothing is computed here");
};

describe("the option precision", () => {
  it("is single precision unless it is asked for, and refused where it is none", () => {
    expect(webgpu().options).toMatchObject({ precision: "float32" });
    // @ts-expect-error: known at compile time too
    expect(() => webgpu({ precision: "float16" })).toThrow(
      'backend "webgpu" needs "float32" or "mixed-float16" for "precision", but was given "float16".',
    );
  });
});

describe("tensor cores", () => {
  it("multiply in the largest unit of float16 into float32", () => {
    expect(chooseUnit(adapter, features)).toEqual(unit);
  });

  it("are left out where the adapter has none, other ones, or subgroups that vary, and it says why", () => {
    expect(chooseUnit(adapter, new Set(["shader-f16", "subgroups"]))).toBe("the adapter offers no subgroup matrices");
    expect(chooseUnit({ ...adapter, subgroupMinSize: 8 }, features)).toBe(
      "the adapter's subgroups have from 8 to 32 threads",
    );
    // Apple's multiply float16 into float16 only, which would lose the sums.
    const [inHalf] = [...(adapter.subgroupMatrixConfigs ?? [])];
    const { M, N, K } = inHalf as NonNullable<typeof inHalf>; // the list has four
    const apple = {
      ...adapter,
      subgroupMatrixConfigs: [{ componentType: "f16", resultComponentType: "f16", M, N, K }],
    };
    expect(chooseUnit(apple, features)).toBe("the adapter multiplies no matrices of float16 into float32");
  });

  it("have tiles of whole units, of whole subgroups, within 32 KiB", () => {
    expect(tilesOf(unit).map(tileName)).toContain("128x128x32/64x32 of 16x16x16");
    expect(tilesOf({ ...unit, m: 64, n: 64 })).toEqual([]);
    const [largest] = tilesOf(unit) as [Tile];
    expect(threadsOf(largest)).toBe(2 * 4 * 32); // two subgroups down, four across
    // Two pieces of float16 with gaps of 16 bytes behind each row, and for each of 8 subgroups 16 × 16 sums of 4 bytes.
    expect(sharedBytes(largest, true)).toBe(2 * 32 * (128 + 128) + 16 * (128 + 32) + 8 * 1024);
    for (const { m, n, k, lanes } of [unit, { m: 8, n: 8, k: 8, lanes: 8 }, { m: 8, n: 16, k: 16, lanes: 16 }]) {
      for (const tile of tilesOf({ m, n, k, lanes })) {
        expect(sharedBytes(tile, true)).toBeLessThanOrEqual(32768);
        expect(threadsOf(tile) % lanes).toBe(0);
      }
    }
  });

  it("are tried before threads where a product is large, and always beside the best tile of the other kind", () => {
    const half = { tilesOfUnits: tilesOf(unit), scaleOf };
    const of = (n: number) => rankTiles({ size: { m: 262144, n, k: 576 }, canSplit: false, half }, large);
    expect(tileName(of(128)[0] as Tile)).toBe("128x128x32/64x32 of 16x16x16");
    expect((of(64)[0] as Tile).n).toBe(64);
    const tried = mostPromising(of(64), 4);
    expect(tried.map((tile) => tile.unit === undefined)).toEqual([false, false, false, false, true]);
    const onThreads = rankTiles({ size: { m: 262144, n: 64, k: 576 }, canSplit: false, half: undefined }, large);
    expect(onThreads.every((tile) => tile.unit === undefined)).toBe(true);
    expect(mostPromising(onThreads, 4)).toEqual(onThreads.slice(0, 4));
    expect(tried[4]).toEqual(onThreads[0]);
  });

  it("are left out where a tile needs more memory than a workgroup has", () => {
    const half = { tilesOfUnits: tilesOf(unit), scaleOf };
    const small = compute({ maxComputeWorkgroupStorageSize: 16384, maxComputeInvocationsPerWorkgroup: 256 });
    const names = rankTiles({ size: { m: 4096, n: 128, k: 64 }, canSplit: true, half }, small).map(tileName);
    expect(names).toContain("64x64x32/32x32 of 16x16x16"); // 8192 + 1536 + 4096 bytes
    expect(names).not.toContain("128x128x32/64x32 of 16x16x16");
  });
});

describe("shaders", () => {
  const geometry = geometryOf([1, 8, 8, 16], [3, 3, 16, 16], { strides: 1, pad: "same" }) as Geometry;
  const [forward, gradient] = [
    forwardProduct(geometry, { bias: true, relu: false }),
    filterGradientProduct(geometry, 1),
  ];

  it("know nothing of half precision unless it is asked for", () => {
    for (const product of [forward, gradient]) {
      for (const tile of tiles) expect(productShader(product, tile).code).not.toMatch(/f16|scale|enable/);
    }
  });

  it("keep their pieces in half the memory, and scale gradients alone", () => {
    const [tile] = tiles as [Tile];
    expect(sharedBytes(tile, false)).toBe(4 * 16 * (128 + 128));
    expect(sharedBytes(tile, true)).toBe(2 * 16 * (128 + 128));
    for (const each of [tile, ...tilesOf(unit).slice(0, 1)]) {
      const [there, back] = [productShader(forward, each, true).code, productShader(gradient, each, true).code];
      expect(there).toContain("enable f16;");
      expect(there).not.toContain("scale");
      expect(back).toContain("@group(0) @binding(3) var<storage, read> scale: array<f32, 2>;");
    }
  });
});
