/** Of a product, what matters to those who multiply. */
export interface Size {
  readonly m: number;
  readonly n: number;
  /** Whether four elements of the left factor that are read together follow each other along k; else along m. */
  readonly isAlongTerms: boolean;
}

/** WGSL of who multiplies the pieces `leftTile` and `rightTile` of two factors in workgroup memory, and what it needs around. */
export interface Multiplying {
  /** The beginning of the program. */
  readonly directives: string;
  /** Elements of the pieces. */
  readonly vector: "vec4<f32>" | "vec4<f16>";
  /** Vectors that lie between the rows of a piece. */
  readonly gap: number;
  /** Workgroup memory beside the pieces. */
  readonly memory: string;
  /** More arguments of the entry point. */
  readonly builtins: string;
  /** Where in the tile a thread or subgroup is. */
  readonly declare: string;
  /** Declares the sums. */
  readonly sums: string;
  /** Their names, each of four of them; none where they are no vectors. */
  readonly sumNames: readonly string[];
  /** Adds the products of a piece to the sums. */
  readonly add: string;
  /** Hands the sums over to `write`, as those of a part; each vector of them may be changed on the way. */
  writeAll(change: (sums: string) => string, part: string): string;
}
