import { useEffect, useRef, useState } from "preact/hooks";
import { ask } from "../../engine/client.js";
import type { ImagesView, SamplePicture, SampleView } from "../../engine/requests/data.js";
import { levelsOf } from "../../viewer/levels.js";
import type { Pages } from "../../viewer/page-slider.js";
import { Viewer } from "../../viewer/viewer.js";
import { percent } from "./values-topic.js";

/** The object over images: told apart from grey by every kind of colour vision. */
const objectColour = [255, 145, 30] as const;

/** Every image with its mask over it; one of them large. */
export function Gallery({ view }: { readonly view: ImagesView }) {
  const [chosen, setChosen] = useState<string>();
  const samples = view.set?.samples ?? [];
  const shown = samples.find(({ id }) => id === chosen) ?? samples[0];
  if (!shown) return null;
  const index = samples.indexOf(shown);
  return (
    <section class="gallery picture" aria-labelledby="gallery-title">
      <h2 id="gallery-title">Images with their masks</h2>
      <p class="muted">The object is orange. Is that what the networks should find?</p>
      <Large
        sample={shown}
        view={view}
        pages={{ count: samples.length, at: index, onChange: (page) => setChosen(samples[page]?.id) }}
      />
      <ul class="thumbnails">
        {samples.map((sample, i) => (
          <li key={sample.id}>
            <Thumbnail sample={sample} view={view} isChosen={i === index} onChoose={() => setChosen(sample.id)} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Large({
  sample,
  view,
  pages,
}: {
  readonly sample: SampleView;
  readonly view: ImagesView;
  readonly pages: Pages;
}) {
  const picture = usePicture(sample.id, 2048, view, true);
  if (!picture || "problem" in picture) {
    return <div class="viewer-place">{picture ? <p class="problem">{picture.problem}</p> : null}</div>;
  }
  const { width, height, image, mask } = picture.found;
  return (
    <div class="viewer-place">
      <Viewer
        // The name stays the same through a stack, so that one looks at the same place of every slice.
        label={
          view.set?.source === "image-stack"
            ? String(view.set.options.images)
            : `${sample.id}, ${partWords[sample.part]}`
        }
        pictures={[
          {
            name: "Image",
            image: levelsOf({ width, height, channels: 1, data: image }),
            layers: [
              {
                name: "Mask",
                map: levelsOf({ width, height, channels: 1, data: mask }),
                maximum: 255,
                threshold: 0.5,
                colour: objectColour,
              },
            ],
          },
        ]}
        {...(view.set?.source === "image-stack" && { pages })}
        nanometre={view.pixelSize ?? undefined}
      />
    </div>
  );
}

const partWords = { train: "to learn from", validation: "for validation", test: "for the test" } as const;

function Thumbnail(props: {
  readonly sample: SampleView;
  readonly view: ImagesView;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}) {
  const { sample, view, isChosen, onChoose } = props;
  const place = useRef<HTMLButtonElement>(null);
  const [isSeen, setSeen] = useState(false);
  useEffect(() => {
    if (!place.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) setSeen(true);
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, []);
  const picture = usePicture(sample.id, 192, view, isSeen);
  const found = picture && "found" in picture ? picture.found : undefined;
  const { id, part, group } = sample;
  return (
    <button
      ref={place}
      type="button"
      class="thumbnail"
      aria-pressed={isChosen}
      title={picture && "problem" in picture ? picture.problem : id}
      onClick={onChoose}
    >
      {found ? <Overlay picture={found} /> : <span class="blank" />}
      <span class="name">{id}</span>
      <span class="about">
        {part === "test" && <b>test</b>}
        {part === "validation" && <b>validation</b>}
        {group !== undefined && part !== "test" && `group ${group}`}
        {found && ` · ${percent(found.share)}`}
      </span>
    </button>
  );
}

/** A small image with its mask tinted. */
function Overlay({ picture }: { readonly picture: SamplePicture }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height, image, mask } = picture;
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!context) return;
    const pixels = context.createImageData(width, height);
    for (let i = 0; i < image.length; i++) {
      const grey = image[i] as number; // within the image
      const tint = (mask[i] as number) > 0 ? 0.4 : 0; // as many as pixels
      for (let channel = 0; channel < 3; channel++) {
        pixels.data[4 * i + channel] = grey + tint * ((objectColour[channel] ?? 0) - grey);
      }
      pixels.data[4 * i + 3] = 255;
    }
    context.putImageData(pixels, 0, 0);
  }, [picture]);
  return <canvas ref={canvas} width={width} height={height} />;
}

/** A picture from the engine, once it is wanted; a new one whenever the data change. */
function usePicture(id: string, longest: number, view: ImagesView, isWanted: boolean) {
  const [picture, setPicture] = useState<
    { readonly of: string; readonly found: SamplePicture } | { readonly of: string; readonly problem: string }
  >();
  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    ask("sample-picture", { id, longest }).then(
      (found) => isCurrent && setPicture({ of: id, found }),
      (error: unknown) =>
        isCurrent && setPicture({ of: id, problem: error instanceof Error ? error.message : String(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [id, longest, view, isWanted]);
  return picture;
}
