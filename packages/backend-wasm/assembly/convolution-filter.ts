import { address, whole } from "./argument";
import { startOf } from "./share";

/**
 * A filter as {@link convolution} reads it: for each eight output channels their biases, then [row][channel][phase][tap][8],
 * zeros where there is no channel or tap. Rows and taps may run backwards and leave some out, and the channels of input and
 * output may be exchanged: that makes of a filter [height, width, in, out] the one for the gradient of the input.
 *
 * `bias`: 0 for none; `exchange`: 1 to exchange in and out; `rows` and `columns`: how many of the taps to take, from the first
 * one on and by steps; `taps`: of a row, for each phase.
 * @args filter bias packed width inChannels outChannels exchange rows firstRow rowStep columns firstColumn columnStep taps phases
 */
export function packFilter(args: usize, part: i32, parts: i32): void {
  const filter = address(args, 0);
  const bias = address(args, 1);
  const packed = address(args, 2);
  const width = whole(args, 3);
  const filterIn = whole(args, 4);
  const filterOut = whole(args, 5);
  const exchange = whole(args, 6) != 0;
  const rows = whole(args, 7);
  const firstRow = whole(args, 8);
  const rowStep = whole(args, 9);
  const columns = whole(args, 10);
  const firstColumn = whole(args, 11);
  const columnStep = whole(args, 12);
  const taps = whole(args, 13);
  const phases = whole(args, 14);

  const inputs = exchange ? filterOut : filterIn;
  const outputs = exchange ? filterIn : filterOut;
  const inputBytes: usize = exchange ? 4 : (<usize>filterOut) << 2;
  const outputBytes: usize = exchange ? (<usize>filterOut) << 2 : 4;
  const matrixBytes = (<usize>(filterIn * filterOut)) << 2;
  const tiles = (outputs + 7) >> 3;
  const tileBytes = (<usize>(8 + rows * inputs * phases * taps * 8)) << 2;
  const last = startOf(part + 1, parts, tiles);
  for (let tile = startOf(part, parts, tiles); tile < last; tile++) {
    const lanes = min(8, outputs - (tile << 3));
    let to = packed + <usize>tile * tileBytes;
    memory.fill(to, 0, 32);
    if (bias != 0) memory.copy(to, bias + ((<usize>tile) << 5), (<usize>lanes) << 2);
    to += 32;
    for (let row = 0; row < rows; row++) {
      const fromRow = <usize>((firstRow + row * rowStep) * width) * matrixBytes;
      // With one phase and eight whole channels, each tap is a run of vectors through the channels.
      for (let phase = 0; phase < phases; phase++) {
        for (let tap = 0; tap < taps; tap++) {
          const column = tap * phases + phase;
          const place = to + ((<usize>(phase * taps + tap)) << 5);
          const step = (<usize>(phases * taps)) << 5;
          if (column >= columns) fillZeros(place, step, inputs);
          else {
            const from =
              filter +
              fromRow +
              <usize>(firstColumn + column * columnStep) * matrixBytes +
              ((<usize>tile) << 3) * outputBytes;
            if (exchange) packExchanged(from, outputBytes, lanes, inputs, place, step);
            else packStraight(from, inputBytes, lanes, inputs, place, step);
          }
        }
      }
      to += (<usize>(inputs * phases * taps)) << 5;
    }
  }
}

function fillZeros(to: usize, step: usize, count: i32): void {
  const zero = f32x4.splat(0);
  for (let i = 0; i < count; i++) {
    v128.store(to, zero);
    v128.store(to, zero, 16);
    to += step;
  }
}

/** The eight outputs lie side by side in the filter. */
function packStraight(from: usize, inputBytes: usize, lanes: i32, inputs: i32, to: usize, step: usize): void {
  if (lanes == 8) {
    for (let input = 0; input < inputs; input++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += inputBytes;
      to += step;
    }
    return;
  }
  for (let input = 0; input < inputs; input++) {
    for (let lane = 0; lane < 8; lane++) {
      store<f32>(to + ((<usize>lane) << 2), lane < lanes ? load<f32>(from + ((<usize>lane) << 2)) : 0);
    }
    from += inputBytes;
    to += step;
  }
}

/** The inputs lie side by side in the filter: four by four are turned. */
function packExchanged(from: usize, outputBytes: usize, lanes: i32, inputs: i32, to: usize, step: usize): void {
  let input = 0;
  if (lanes == 8) {
    for (; input + 4 <= inputs; input += 4) {
      for (let half: usize = 0; half < 2; half++) {
        const at = from + half * 4 * outputBytes;
        const a = v128.load(at);
        const b = v128.load(at + outputBytes);
        const c = v128.load(at + 2 * outputBytes);
        const d = v128.load(at + 3 * outputBytes);
        const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
        const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
        const abHigh = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
        const cdHigh = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
        const place = to + (half << 4);
        v128.store(place, v128.shuffle<f64>(ab, cd, 0, 2));
        v128.store(place + step, v128.shuffle<f64>(ab, cd, 1, 3));
        v128.store(place + 2 * step, v128.shuffle<f64>(abHigh, cdHigh, 0, 2));
        v128.store(place + 3 * step, v128.shuffle<f64>(abHigh, cdHigh, 1, 3));
      }
      from += 16;
      to += 4 * step;
    }
  }
  for (; input < inputs; input++) {
    for (let lane = 0; lane < 8; lane++) {
      store<f32>(to + ((<usize>lane) << 2), lane < lanes ? load<f32>(from + <usize>lane * outputBytes) : 0);
    }
    from += 4;
    to += step;
  }
}
