import { serialization } from "@tensorflow/tfjs-core";
import type { LayersModel, layers as layersNamespace } from "@tensorflow/tfjs-layers";
import type { Component, Definition, Factory } from "../component.js";
import { EmStellarError } from "../errors.js";
import { defineComponent } from "../options.js";

/** A layer of tfjs-layers. */
export type Layer = layersNamespace.Layer;

/** Height, width and channels of an input; `null` for any multiple of the network's stride. */
export type ImageShape = readonly [height: number | null, width: number | null, channels: number];

/** Your own class of layers. Its static `className` begins with `EmStellar` or with a prefix of your package. */
export interface LayerClass {
  // biome-ignore lint/suspicious/noExplicitAny: each class takes a configuration of its own
  new (config: any): Layer;
  readonly className: string;
}

/** A segmentation network: an image [batch, height, width, channels] in, object probabilities [batch, height, width, 1] out. */
export interface Network<Id extends string = string> extends Component<"network", Id> {
  /** Height and width of an input must be multiples of it. */
  readonly stride: number;
  /** Its layer classes beside those of tfjs: what its saved models need. */
  readonly layers: readonly LayerClass[];
  /** Builds a fresh model; `seed()` gives the next integer for an initialiser or a dropout layer. */
  build(shape: ImageShape, seed: () => number): LayersModel;
}

/** A factory that also knows the layer classes which its saved models need. */
// biome-ignore lint/suspicious/noExplicitAny: see AnyFactory
export interface NetworkFactory<Id extends string = string, Options extends object = any>
  extends Factory<Network<Id>, Options> {
  readonly layers: readonly LayerClass[];
}

export interface NetworkDefinition<Id extends string, Defaults extends object, Options extends object = Defaults>
  extends Definition<Id, Defaults, Options> {
  /** Your own layer classes, registered when a model is built or loaded, never at import. */
  readonly layers?: readonly LayerClass[];
  readonly stride: (options: Defaults) => number;
  readonly build: (options: Options, shape: ImageShape, seed: () => number) => LayersModel;
}

/** Declares a network. */
export function defineNetwork<const Id extends string, Defaults extends object, Options extends object = Defaults>(
  definition: NetworkDefinition<Id, Defaults, Options>,
): NetworkFactory<Id, Options> {
  const layers = definition.layers ?? [];
  const factory: Factory<Network<Id>, Options> = defineComponent("network", definition, (options) => {
    const stride = definition.stride(options);
    return {
      stride,
      layers,
      build(shape: ImageShape, seed: () => number) {
        requireMultiples(definition.id, shape, stride);
        registerLayers(layers);
        return definition.build(options, shape, seed);
      },
    };
  });
  return Object.assign(factory, { layers });
}

/**
 * Makes layer classes known to tfjs-layers, so that saved models load; calling it again changes nothing. Throws where
 * another class has the same `className`: saved models of one would load as the other.
 */
export function registerLayers(layers: readonly LayerClass[]): void {
  const known = serialization.SerializationMap.getMap().classNameMap;
  for (const layer of layers) {
    const other: unknown = known[layer.className]?.[0];
    if (other === layer) continue;
    if (other) {
      throw new EmStellarError(
        `Two layer classes are both named "${layer.className}". Begin the className of yours with the name of your package.`,
      );
    }
    // tfjs's type of a class demands a constructor for every configuration; it calls it with what the class's getConfig gave.
    serialization.registerClass(layer as unknown as serialization.SerializableConstructor<Layer>);
  }
}

function requireMultiples(id: string, [height, width]: ImageShape, stride: number): void {
  for (const side of [height, width]) {
    if (side !== null && (side % stride !== 0 || side <= 0)) {
      const below = Math.floor(side / stride) * stride;
      const nearest = below > 0 ? `${below} or ${below + stride}` : `${stride}`;
      throw new EmStellarError(
        `network "${id}" takes sides that are multiples of ${stride}, but was given ${height} × ${width}. Nearest: ${nearest}.`,
      );
    }
  }
}
