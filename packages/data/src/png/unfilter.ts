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
        undoSub(row, step);
        break;
      case 2:
        for (let i = 0; i < rowBytes; i++) row[i] = (row[i] as number) + (above[i] as number);
        break;
      case 3:
        undoAverage(row, above, step);
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

// Each of the interleaved sequences is walked by itself, so that the bytes before stay in registers.

function undoSub(row: Uint8Array, step: number): void {
  for (let first = 0; first < step; first++) {
    let left = 0;
    for (let i = first; i < row.length; i += step) {
      left = ((row[i] as number) + left) & 255;
      row[i] = left;
    }
  }
}

function undoAverage(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let first = 0; first < step; first++) {
    let left = 0;
    for (let i = first; i < row.length; i += step) {
      left = ((row[i] as number) + ((left + (above[i] as number)) >> 1)) & 255;
      row[i] = left;
    }
  }
}

/** The neighbour (left, above or above left) that is nearest to left + above − above left. */
function undoPaeth(row: Uint8Array, above: Uint8Array, step: number): void {
  for (let first = 0; first < step; first++) {
    let [left, corner] = [0, 0];
    for (let i = first; i < row.length; i += step) {
      const up = above[i] as number;
      const byLeft = Math.abs(up - corner);
      const byUp = Math.abs(left - corner);
      const byCorner = Math.abs(left + up - 2 * corner);
      const nearest = byLeft <= byUp && byLeft <= byCorner ? left : byUp <= byCorner ? up : corner;
      left = ((row[i] as number) + nearest) & 255;
      row[i] = left;
      corner = up;
    }
  }
}
