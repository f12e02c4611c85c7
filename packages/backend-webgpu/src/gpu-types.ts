/** The parts of WebGPU (https://www.w3.org/TR/webgpu/) that are used here: neutral code has no types of browsers. */
export interface Gpu {
  requestAdapter(options: { readonly powerPreference: "high-performance" }): Promise<GpuAdapter | null>;
}

export interface GpuAdapter {
  readonly info: GpuAdapterInfo;
  readonly features: Iterable<string>;
  readonly limits: Readonly<Record<string, number>>;
  requestDevice(needs: {
    readonly requiredFeatures: readonly string[];
    readonly requiredLimits: Readonly<Record<string, number>>;
  }): Promise<GpuDevice>;
}

/** What an adapter says of itself; browsers leave most of it empty. */
export interface GpuAdapterInfo {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  readonly isFallbackAdapter?: boolean;
  /** Threads of its subgroups, at least and at most. */
  readonly subgroupMinSize?: number;
  readonly subgroupMaxSize?: number;
  /** What its subgroups multiply at once (experimental, of Dawn): [M, K] × [K, N]. */
  readonly subgroupMatrixConfigs?: Iterable<{
    readonly componentType: string;
    readonly resultComponentType: string;
    readonly M: number;
    readonly N: number;
    readonly K: number;
  }>;
}

export interface GpuDevice {
  readonly features: Iterable<string>;
  readonly limits: Readonly<Record<string, number>>;
  readonly lost: Promise<{ readonly reason: string; readonly message: string }>;
  pushErrorScope(filter: "validation"): void;
  popErrorScope(): Promise<Error | null>;
  onuncapturederror: ((event: { readonly error: Error }) => void) | null;
  createShaderModule(descriptor: { readonly label: string; readonly code: string }): object;
  createComputePipeline(descriptor: GpuPipelineDescriptor): GpuPipeline;
  createComputePipelineAsync(descriptor: GpuPipelineDescriptor): Promise<GpuPipeline>;
  createBindGroup(descriptor: {
    readonly layout: object;
    readonly entries: readonly { readonly binding: number; readonly resource: { readonly buffer: GpuBuffer } }[];
  }): GpuBindGroup;
  createQuerySet(descriptor: { readonly type: "timestamp"; readonly count: number }): object;
  readonly queue: { onSubmittedWorkDone(): Promise<unknown> };
  destroy(): void;
}

export interface GpuPipelineDescriptor {
  readonly label: string;
  readonly layout: "auto";
  readonly compute: { readonly module: object; readonly entryPoint: string };
}

export interface GpuPipeline {
  getBindGroupLayout(index: number): object;
}

export interface GpuBuffer {
  readonly size: number;
}

export type GpuBindGroup = object;

export interface GpuComputePass {
  setPipeline(pipeline: GpuPipeline): void;
  setBindGroup(index: number, group: GpuBindGroup): void;
  dispatchWorkgroups(x: number, y?: number, z?: number): void;
}
