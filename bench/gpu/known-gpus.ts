/** What the maker of a GPU says it can do at most. */
export interface KnownGpu {
  readonly name: string;
  /** Part of what an adapter calls itself, in small letters with `-` for everything else. */
  readonly pattern: RegExp;
  /** Float32 without tensor cores, 10¹² operations a second. */
  readonly teraflops: number;
  /** Of its memory, 10⁹ bytes a second. */
  readonly gigabytes: number;
}

/** By NVIDIA's data sheets. The first pattern that fits counts. */
const gpus: readonly KnownGpu[] = [
  { name: "H200 SXM", pattern: /h200(?!-nvl)/, teraflops: 67, gigabytes: 4800 },
  { name: "H100 PCIe", pattern: /h100-pcie/, teraflops: 51, gigabytes: 2000 },
  { name: "H100 SXM", pattern: /h100-80gb-hbm3/, teraflops: 67, gigabytes: 3350 },
  { name: "A100 SXM 80 GB", pattern: /a100-sxm4?-80gb/, teraflops: 19.5, gigabytes: 2039 },
  { name: "A100 SXM 40 GB", pattern: /a100-sxm4?-40gb/, teraflops: 19.5, gigabytes: 1555 },
  { name: "L4", pattern: /\bl4\b/, teraflops: 30.3, gigabytes: 300 },
  { name: "T4", pattern: /\bt4\b/, teraflops: 8.1, gigabytes: 320 },
  { name: "GeForce RTX 4090", pattern: /rtx-4090(?!-d|-laptop)/, teraflops: 82.6, gigabytes: 1008 },
  { name: "GeForce RTX 3090", pattern: /rtx-3090(?!-ti)/, teraflops: 35.6, gigabytes: 936 },
];

/** The GPU of that name, if its peaks are known. */
export function knownGpu(name: string): KnownGpu | undefined {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  return gpus.find(({ pattern }) => pattern.test(plain));
}
