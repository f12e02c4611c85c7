/** An image file that is written as its rows come, so that neither image nor file need ever be in memory as a whole. */
export interface RowEncoder<Rows extends Uint8Array | Uint16Array | Float32Array> {
  /** The bytes that follow in the file after these rows: any number of whole rows, from top to bottom, of one page after another. */
  add(rows: Rows): Uint8Array[];
  /** The last bytes of the file. Throws where rows are missing. */
  end(): Uint8Array[];
}
