/**
 * Undoes the filters of a PNG's rows (ISO/IEC 15948 §9): each row is stored behind the number of its filter, and each byte as
 * a difference from its neighbours, `step` bytes to the left or one row up. Gives the rows without these numbers, or the
 * number of a filter that does not exist.
 */
export function unfilter(stored: Uint8Array, rowBytes: number, step: number): Uint8Array | number {
  const rows = stored.length / (1 + rowBytes);
  const out = new Uint8Array(rows * rowBytes);
  let above = new Uint8Array(rowBytes);
  for (let y = 0; y < rows; y++) {
    const from = y * (1 + rowBytes);
    const filter = stored[from] as number;
    const row = out.subarray(y * rowBytes, (y + 1) * rowBytes);
    row.set(stored.subarray(from + 1, from + 1 + rowBytes));
    switch (filter) {
      case 0:
        break;
      case 1:
        for (let i = step; i < rowBytes; i++) row[i] = (row[i] as number) + (row[i - step] as number);
        break;
      case 2:
        for (let i = 0; i < rowBytes; i++) row[i] = (row[i] as number) + (above[i] as number);
        break;
      case 3:
        for (let i = 0; i < rowBytes; i++) {
          const left = i < step ? 0 : (row[i - step] as number);
          row[i] = (row[i] as number) + ((left + (above[i] as number)) >> 1);
        }
        break;
      case 4:
        undoPaeth(row, above, step);
        break;
      default:
        return filter;
    }
    above = row;
  }
  return out;
}

/** The neighbour (left, above or above left) that is nearest to left + above − above left. */
function undoPaeth(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let i = 0; i < Math.min(step, row.length); i++) row[i] = (row[i] as number) + (above[i] as number);
  for (let i = step; i < row.length; i++) {
    const left = row[i - step] as number;
    const up = above[i] as number;
    const corner = above[i - step] as number;
    const byLeft = up > corner ? up - corner : corner - up;
    const byUp = left > corner ? left - corner : corner - left;
    const byBoth = left + up - 2 * corner;
    const byCorner = byBoth < 0 ? -byBoth : byBoth;
    row[i] = (row[i] as number) + (byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner);
  }
}
