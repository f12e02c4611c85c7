import { createRandom, type Random } from "@em-stellar/core";
import { type Field, gaussianBlur, smoothNoise } from "./field.js";

/** What one tissue looks like under one microscope; grey values run from 0 (black) to 1 (white). */
export interface PhantomStyle {
  /** Part of the range between black and white that the tissue spans; EM images are faint: 0.5. */
  readonly contrast: number;
  /** Standard deviation of the detector's noise, in the tissue's own range: 0.06. */
  readonly noise: number;
  /** Change of brightness across the image, in the tissue's own range: 0.15. */
  readonly unevenness: number;
  /** Mitochondria in 128 × 128 pixels, where there is room. */
  readonly mitochondria: number;
  /** Bodies as large and as dark as mitochondria, but without cristae, in 128 × 128 pixels. */
  readonly darkBodies: number;
}

/** A drawn image and which of its pixels are mitochondria, outer membrane included. */
export interface Phantom {
  /** Grey values 0 to 255, row by row. */
  readonly image: Uint8Array;
  /** 1 inside a mitochondrion, else 0. */
  readonly mask: Uint8Array;
}

/**
 * Draws a square image that looks like a slice of tissue under the electron microscope: cells with double membranes and
 * textured cytoplasm, mitochondria with cristae, and what is mistaken for them: dark bodies, vesicles, stacked membranes.
 * The same seed and side give the same picture.
 */
export function drawPhantom(seed: number | string, side: number, style: PhantomStyle): Phantom {
  const random = createRandom(`phantom/${seed}`);
  const canvas = createCanvas(random.fork("tissue"), side);
  const area = (side / 128) ** 2;
  drawCells(canvas, random.fork("cells"));
  const mitochondria = placeBodies(
    canvas,
    random.fork("mitochondria"),
    Math.round(style.mitochondria * area),
    mitochondrionShape,
  );
  const darkBodies = placeBodies(
    canvas,
    random.fork("dark bodies"),
    Math.round(style.darkBodies * area),
    darkBodyShape,
  );
  for (const body of mitochondria) drawMitochondrion(canvas, body);
  for (const body of darkBodies) drawDarkBody(canvas, body);
  drawStackedMembranes(canvas, random.fork("stacked membranes"));
  drawVesicles(canvas, random.fork("vesicles"), Math.round(48 * area));
  drawRibosomes(canvas, random.fork("ribosomes"), Math.round(260 * area));
  return { image: photograph(canvas, random.fork("microscope"), style), mask: canvas.mask };
}

interface Canvas {
  readonly side: number;
  /** Grey value of each pixel. */
  readonly grey: Field;
  readonly mask: Uint8Array;
  /** 1 where an organelle lies: nothing else is put there. */
  readonly taken: Uint8Array;
  /** Distance in pixels from the nearest cell membrane. */
  readonly depth: Field;
  /** Noise fields that bend what would be straight, about one pixel each. */
  readonly bend: readonly [Field, Field];
  /** Fine grain, to give every body a texture. */
  readonly grain: Field;
}

function createCanvas(random: Random, side: number): Canvas {
  const [coarse, fine] = [smoothNoise(random, side, 3), smoothNoise(random, side, 1)];
  return {
    side,
    grey: coarse.map((value, i) => 0.62 + 0.022 * value + 0.045 * (fine[i] as number)),
    mask: new Uint8Array(side * side),
    taken: new Uint8Array(side * side),
    depth: new Float32Array(side * side),
    bend: [smoothNoise(random, side, 7), smoothNoise(random, side, 7)],
    grain: smoothNoise(random, side, 0.9),
  };
}

/** Height 1 at 0, falling like a Gaussian of the given width. */
function ridge(distance: number, width: number): number {
  return Math.exp(-0.5 * (distance / width) ** 2);
}

/** Cells are the Voronoi regions of random points with bent borders; each has its own shade, some as dark as a mitochondrion. */
function drawCells({ side, grey, depth, bend }: Canvas, random: Random): void {
  const count = Math.max(3, Math.round((side / 66) ** 2));
  const cells = Array.from({ length: count }, () => ({
    x: random.uniform(0, side),
    y: random.uniform(0, side),
    shade: random.next() < 0.25 ? random.uniform(-0.13, -0.07) : random.uniform(-0.03, 0.05),
  }));
  const first = cells[0] as (typeof cells)[0]; // there are three or more
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const i = y * side + x;
      const [bentX, bentY] = [x + 4 * (bend[0][i] as number), y + 4 * (bend[1][i] as number)];
      let [nearest, next] = [first, first];
      let [toNearest, toNext] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]; // squared
      for (const cell of cells) {
        const squared = (cell.x - bentX) ** 2 + (cell.y - bentY) ** 2;
        if (squared < toNearest) {
          [next, toNext] = [nearest, toNearest];
          [nearest, toNearest] = [cell, squared];
        } else if (squared < toNext) {
          [next, toNext] = [cell, squared];
        }
      }
      const apart = Math.hypot(nearest.x - next.x, nearest.y - next.y);
      const distance = (toNext - toNearest) / (2 * Math.max(1, apart));
      depth[i] = distance;
      const cytoplasm = (grey[i] as number) + nearest.shade;
      // Two membranes with a light gap between them.
      const gap = ridge(distance, 1.1);
      grey[i] = cytoplasm + (0.72 - cytoplasm) * gap - 0.36 * ridge(distance - 2, 0.75);
    }
  }
}

/** A bent, bumpy ellipse. */
interface Body {
  readonly x: number;
  readonly y: number;
  readonly angle: number;
  readonly long: number;
  readonly short: number;
  /** Sideways displacement per squared pixel along the long axis. */
  readonly curvature: number;
  /** Amplitude and phase of the second and third harmonic of the outline. */
  readonly bumps: readonly (readonly [number, number])[];
  /** A number in [0, 1) for whatever else differs. */
  readonly character: number;
}

function mitochondrionShape(random: Random): Pick<Body, "long" | "short" | "curvature"> {
  const short = random.uniform(8, 13);
  return { short, long: short * random.uniform(1.1, 2.2), curvature: random.uniform(-0.015, 0.015) };
}

function darkBodyShape(random: Random): Pick<Body, "long" | "short" | "curvature"> {
  const short = random.uniform(6, 11);
  return { short, long: short * random.uniform(1, 1.7), curvature: random.uniform(-0.01, 0.01) };
}

/** Where a pixel lies in a body: along and across its axes, and how far inside its outline, in pixels (negative: outside). */
interface Place {
  readonly along: number;
  readonly across: number;
  readonly inside: number;
}

/** Visits the pixels of a body and of a margin around it, until a visit returns false; whether all were visited. */
function forEachPixel(
  { side }: Canvas,
  body: Body,
  margin: number,
  visit: (index: number, place: Place) => boolean | undefined,
): boolean {
  const { long, short, curvature, bumps } = body;
  const [cos, sin] = [Math.cos(body.angle), Math.sin(body.angle)];
  const reach = Math.ceil(1.3 * long + margin);
  const [bottom, right] = [Math.min(side - 1, body.y + reach), Math.min(side - 1, body.x + reach)];
  for (let y = Math.max(0, Math.floor(body.y - reach)); y <= bottom; y++) {
    for (let x = Math.max(0, Math.floor(body.x - reach)); x <= right; x++) {
      const [dx, dy] = [x - body.x, y - body.y];
      const along = dx * cos + dy * sin;
      const across = dy * cos - dx * sin + curvature * along * along;
      const radius = Math.sqrt((along / long) ** 2 + (across / short) ** 2);
      if (radius > 1.3 + margin / short) continue;
      const direction = Math.atan2(across / short, along / long);
      let outline = 1;
      for (let k = 0; k < bumps.length; k++) {
        const [size, phase] = bumps[k] as Body["bumps"][number]; // k is below the length
        outline += size * Math.cos((k + 2) * direction + phase);
      }
      const inside = (outline - radius) * short;
      if (inside > -margin && visit(y * side + x, { along, across, inside }) === false) return false;
    }
  }
  return true;
}

/** Finds room for bodies inside cells, clear of each other. */
function placeBodies(
  canvas: Canvas,
  random: Random,
  count: number,
  shape: (random: Random) => Pick<Body, "long" | "short" | "curvature">,
): Body[] {
  const bodies: Body[] = [];
  for (let tries = 0; bodies.length < count && tries < 60 * count; tries++) {
    const body: Body = {
      ...shape(random),
      x: random.uniform(-4, canvas.side + 4),
      y: random.uniform(-4, canvas.side + 4),
      angle: random.uniform(0, 2 * Math.PI),
      bumps: [
        [random.uniform(0, 0.08), random.uniform(0, 2 * Math.PI)],
        [random.uniform(0, 0.06), random.uniform(0, 2 * Math.PI)],
      ],
      character: random.next(),
    };
    const isFree = (i: number) => !canvas.taken[i] && (canvas.depth[i] as number) >= 3.5;
    if (!forEachPixel(canvas, body, 2.5, isFree)) continue;
    forEachPixel(canvas, body, 1.5, (i) => {
      canvas.taken[i] = 1;
    });
    bodies.push(body);
  }
  return bodies;
}

/** Dark outer membrane, light gap, dark inner membrane, and a grey matrix crossed by cristae. */
function drawMitochondrion(canvas: Canvas, body: Body): void {
  const { grey, mask, bend, grain } = canvas;
  const spacing = 5 + 2 * body.character;
  const tilt = 1.2 * (((body.character * 7.3) % 1) - 0.5);
  const phase = 2 * Math.PI * ((body.character * 13.7) % 1);
  forEachPixel(canvas, body, 2, (i, { along, across, inside }) => {
    const position = along * Math.cos(tilt) + across * Math.sin(tilt) + 1.1 * (bend[0][i] as number);
    const wave = Math.cos((2 * Math.PI * position) / spacing + phase);
    // Cristae reach into the matrix from one side or the other and end before the far membrane.
    const reach = Math.min(1, Math.max(0, (inside - 2.4) / 1.5));
    const matrix = 0.44 + 0.03 * (grain[i] as number) + reach * (0.19 * wave + 0.02);
    const membranes =
      -0.26 * ridge(inside - 0.6, 0.65) + 0.13 * ridge(inside - 1.9, 0.6) - 0.16 * ridge(inside - 3, 0.6);
    const cover = Math.min(1, Math.max(0, inside + 0.5));
    const outside = (grey[i] as number) - 0.26 * ridge(inside - 0.6, 0.65);
    grey[i] = cover * (matrix + membranes) + (1 - cover) * outside;
    if (inside > 0) mask[i] = 1;
  });
}

/** Lysosomes and lipid droplets: one membrane, and inside granules or nothing, on average as grey as a mitochondrion. */
function drawDarkBody(canvas: Canvas, body: Body): void {
  const { grey, bend, grain } = canvas;
  const granular = body.character < 0.5;
  forEachPixel(canvas, body, 2, (i, { inside }) => {
    const texture = granular
      ? 0.055 * (grain[i] as number) + 0.045 * (bend[1][i] as number)
      : 0.02 * (grain[i] as number);
    const matrix = (granular ? 0.42 : 0.4) + texture;
    const cover = Math.min(1, Math.max(0, inside + 0.5));
    const membrane = -0.16 * ridge(inside - 0.5, 0.7);
    grey[i] = cover * matrix + (1 - cover) * (grey[i] as number) + membrane;
  });
}

/** Endoplasmic reticulum and Golgi stacks: parallel membranes with cytoplasm between them and no outline around. */
function drawStackedMembranes(canvas: Canvas, random: Random): void {
  const { side, grey, taken, depth } = canvas;
  const [levels, where] = [smoothNoise(random, side, 13), smoothNoise(random, side, 14)];
  for (let y = 1; y < side - 1; y++) {
    for (let x = 1; x < side - 1; x++) {
      const i = y * side + x;
      const presence = Math.min(1, Math.max(0, ((where[i] as number) - 0.9) / 0.25));
      if (presence === 0 || taken[i] || (depth[i] as number) < 5) continue;
      const slope = Math.hypot(
        ((levels[i + 1] as number) - (levels[i - 1] as number)) / 2,
        ((levels[i + side] as number) - (levels[i - side] as number)) / 2,
      );
      // Lines of equal level, two levels a stack's spacing apart.
      const step = 0.5;
      const level = levels[i] as number;
      const distance = Math.abs(level - step * Math.round(level / step)) / Math.max(0.03, slope);
      grey[i] = (grey[i] as number) - 0.2 * presence * ridge(distance, 0.8);
    }
  }
}

/** Round, with a dark membrane and a light inside; most of them in clusters. */
function drawVesicles(canvas: Canvas, random: Random, count: number): void {
  const { side, grey, taken, depth } = canvas;
  let [x, y] = [0, 0];
  for (let n = 0; n < count; n++) {
    const stays = n % 9 !== 0;
    x = stays ? x + 5 * random.normal() : random.uniform(0, side);
    y = stays ? y + 5 * random.normal() : random.uniform(0, side);
    const radius = random.uniform(1.8, 3.4);
    const body: Body = { x, y, angle: 0, long: radius, short: radius, curvature: 0, bumps: [], character: 0 };
    const isFree = (i: number) => !taken[i] && (depth[i] as number) >= 3;
    if (!forEachPixel(canvas, body, 1, isFree)) continue;
    forEachPixel(canvas, body, 1.2, (i, { inside }) => {
      taken[i] = 1;
      const lumen = Math.min(1, Math.max(0, inside));
      grey[i] = (grey[i] as number) + lumen * (0.7 - (grey[i] as number)) - 0.3 * ridge(inside - 0.3, 0.6);
    });
  }
}

/** Dark dots in the cytoplasm, denser in some places. */
function drawRibosomes({ side, grey, taken, depth, bend }: Canvas, random: Random, count: number): void {
  for (let n = 0; n < count; n++) {
    const [x, y] = [1 + random.integer(side - 2), 1 + random.integer(side - 2)];
    const i = y * side + x;
    if (taken[i] || (depth[i] as number) < 4 || (bend[0][i] as number) < random.uniform(-1.5, 1)) continue;
    const strength = random.uniform(0.08, 0.2);
    for (const [offset, share] of [
      [0, 1],
      [1, 0.5],
      [-1, 0.5],
      [side, 0.5],
      [-side, 0.5],
    ] as const) {
      grey[i + offset] = (grey[i + offset] as number) - strength * share;
    }
  }
}

/** Blurs as optics do, lights unevenly, adds noise and stores 8 bits. */
function photograph({ side, grey }: Canvas, random: Random, style: PhantomStyle): Uint8Array {
  const sharp = gaussianBlur(grey, side, 0.7);
  const slow = smoothNoise(random, side, side / 4);
  const angle = random.uniform(0, 2 * Math.PI);
  const exposure = random.uniform(-0.04, 0.04);
  const columns = Array.from({ length: side }, () => 0.012 * random.normal()); // streaks of the ion beam
  const image = new Uint8Array(side * side);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const i = y * side + x;
      const tilt = ((x / side - 0.5) * Math.cos(angle) + (y / side - 0.5) * Math.sin(angle)) * style.unevenness;
      const light = tilt + 0.25 * style.unevenness * (slow[i] as number) + exposure + (columns[x] as number);
      const value = (sharp[i] as number) + light + style.noise * random.normal();
      image[i] = Math.round(255 * Math.min(1, Math.max(0, 0.5 + style.contrast * (value - 0.5))));
    }
  }
  return image;
}
