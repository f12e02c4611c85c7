import { serialization } from "@tensorflow/tfjs-core";
import { layers } from "@tensorflow/tfjs-layers";
import type { LayerClass } from "../training/network.js";
import { buildModel, fault, layersOf, type Subject } from "./subject.js";

/** Every layer class that is not tfjs's is listed, named with a prefix, and registered, so that saved models load. */
export function checkOwnLayers(subject: Subject): void {
  const { network, options } = subject;
  const model = buildModel(subject, [null, null, 1]);
  const used = layersOf(model).map((layer) => ({ name: layer.name, own: layer.constructor as unknown as LayerClass })); // a layer's constructor is its class
  model.dispose();
  const known = serialization.SerializationMap.getMap().classNameMap;
  for (const { name, own } of used) {
    if (network.layers.includes(own) || isStock(`${own.className}`)) continue;
    throw fault(
      subject,
      `has the layer "${name}" of the class "${own.className}", which its definition does not list: saved models would not load. Add it: defineNetwork({ layers: [${own.name}], … }).`,
    );
  }
  for (const own of network.layers) {
    const { layerPrefix: prefix } = options;
    if (prefix === null ? isOneWord(own.className) : !own.className.startsWith(prefix)) {
      const begun =
        prefix === null
          ? `the name of your package: "MyLab${own.className}"`
          : `"${prefix}", as these checks were told`;
      throw fault(
        subject,
        `has a layer class named "${own.className}", which a class of another package may be named too. Begin its className with ${begun}.`,
      );
    }
    if (known[own.className]?.[0] === (own as unknown)) continue;
    throw fault(
      subject,
      `does not register its layer class "${own.className}" when it builds: saved models would not load. Make the network with defineNetwork, or call registerLayers.`,
    );
  }
}

/** Whether a name is that of one of tfjs's layer classes: the factories of its namespace `layers` are called like them. */
function isStock(className: string): boolean {
  return Object.keys(layers).some((name) => name.toLowerCase() === className.toLowerCase());
}

/** `Scale` or `TLU`, without a prefix before it. */
function isOneWord(className: string): boolean {
  return /^([A-Z]?[a-z0-9]*|[A-Z0-9]+)$/.test(className);
}
