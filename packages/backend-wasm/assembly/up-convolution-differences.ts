/**
 * Of `count` pixels, the bytes `skip` to `skip + bytes`: less from their right neighbour, less from the one below, and both
 * together, [position][pixel][channel], with zeros beyond the image. `first` counts through all images.
 */
export function differences(
  input: usize,
  height: i32,
  width: i32,
  pixel: usize,
  first: i32,
  count: i32,
  skip: usize,
  bytes: usize,
  zeros: usize,
  to: usize,
  position: usize,
): void {
  const row = <usize>width * pixel;
  let column = first % width;
  let line = (first / width) % height;
  let a = input + <usize>first * pixel + skip;
  for (let i = 0; i < count; i++) {
    const isRight = column + 1 < width;
    const isBelow = line + 1 < height;
    const b = isRight ? a + pixel : zeros;
    const c = isBelow ? a + row : zeros;
    const d = isRight && isBelow ? a + row + pixel : zeros;
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      const va = v128.load(a + at);
      const vc = v128.load(c + at);
      const right = f32x4.sub(v128.load(b + at), va);
      v128.store(to, right);
      v128.store(to + position, f32x4.sub(vc, va));
      v128.store(to + 2 * position, f32x4.sub(f32x4.sub(v128.load(d + at), vc), right));
      to += 16;
    }
    for (; at < bytes; at += 4) {
      const va = load<f32>(a + at);
      const vc = load<f32>(c + at);
      const right = load<f32>(b + at) - va;
      store<f32>(to, right);
      store<f32>(to + position, vc - va);
      store<f32>(to + 2 * position, load<f32>(d + at) - vc - right);
      to += 4;
    }
    a += pixel;
    if (++column == width) {
      column = 0;
      if (++line == height) line = 0;
    }
  }
}
