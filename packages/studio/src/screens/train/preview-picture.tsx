import { useEffect, useRef } from "preact/hooks";
import type { Preview } from "../../engine/requests/run.js";

/** What a network sees so far: the truth in blue, and beside it its probability in orange, over the micrograph. */
export function PreviewPicture({ preview }: { readonly preview: Preview | undefined }) {
  return (
    <figure class="preview">
      <figcaption title={preview?.image}>
        {preview ? `Validation image ${preview.image} after ${preview.step} steps` : "A validation image comes soon"}
      </figcaption>
      <div class="pictures">
        <Tinted preview={preview} layer="truth" colour={[90, 170, 255]} name="your mask" />
        <Tinted preview={preview} layer="prediction" colour={[255, 145, 30]} name="prediction" />
      </div>
    </figure>
  );
}

function Tinted(props: {
  readonly preview: Preview | undefined;
  readonly layer: "truth" | "prediction";
  readonly colour: readonly [number, number, number];
  readonly name: string;
}) {
  const { preview, layer, colour, name } = props;
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context || !preview) return;
    const pixels = context.createImageData(preview.width, preview.height);
    const map = preview[layer];
    for (let i = 0; i < preview.grey.length; i++) {
      const grey = preview.grey[i] as number; // within the image
      const share = (0.55 * (map[i] as number)) / 255; // as many as pixels
      for (const [channel, value] of colour.entries()) pixels.data[4 * i + channel] = grey + share * (value - grey);
      pixels.data[4 * i + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }, [preview, layer]);
  return (
    <div class={`tinted ${layer}`}>
      <canvas
        ref={canvas}
        width={preview?.width ?? 128}
        height={preview?.height ?? 128}
        role="img"
        aria-label={preview ? `${preview.image}: ${name}` : "Not there yet"}
      />
      <span aria-hidden="true">
        <i /> {name}
      </span>
    </div>
  );
}
