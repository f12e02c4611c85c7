/**
 * Numbers that tell the objects of a mask apart: the stored numbers themselves where each is one object, in one piece or
 * two; otherwise (classes that were taken together) a number for each piece of one stored number. Undefined where all
 * object pixels store the same number: nothing is numbered then.
 */
export function instanceNumbers(
  data: ArrayLike<number>,
  mask: Uint8Array,
  width: number,
  height: number,
): Uint32Array | undefined {
  const first = data[mask.indexOf(1)];
  let isOne = true;
  for (let i = 0; isOne && i < mask.length; i++) isOne = mask[i] === 0 || data[i] === first;
  if (isOne) return undefined;
  const pieces = new Uint32Array(mask.length);
  const numberOf = new Map<number, number>();
  const numbered = new Uint32Array(mask.length);
  const queue: number[] = [];
  let count = 0;
  for (let start = 0; start < mask.length; start++) {
    if (mask[start] === 0 || pieces[start] !== 0) continue;
    const value = data[start] as number;
    const number = numberOf.get(value) ?? numberOf.size + 1;
    numberOf.set(value, number);
    count++;
    pieces[start] = count;
    queue.push(start);
    while (queue.length > 0) {
      const at = queue.pop() as number; // the length was just looked at
      numbered[at] = number;
      const x = at % width;
      for (let dy = -width; dy <= width; dy += width) {
        for (let dx = -1; dx <= 1; dx++) {
          const next = at + dy + dx;
          if ((dx < 0 && x === 0) || (dx > 0 && x + 1 === width) || next < 0 || next >= width * height) continue;
          if (mask[next] === 0 || pieces[next] !== 0 || data[next] !== value) continue;
          pieces[next] = count;
          queue.push(next);
        }
      }
    }
  }
  return count <= 2 * numberOf.size ? numbered : pieces;
}
