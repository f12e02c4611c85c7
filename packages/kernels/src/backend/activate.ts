import { findBackendFactory, ready, registerBackend, removeBackend, setBackend } from "@tensorflow/tfjs-core";

/** Starts a backend that is registered with tfjs and makes it the current one; whether it could. */
export async function activate(name: string): Promise<boolean> {
  const started = await setBackend(name);
  if (started) await ready();
  return started;
}

/** Frees a backend with all tensors on it. It stays registered, so that it can be started again. */
export function deactivate(name: string): void {
  const factory = findBackendFactory(name);
  removeBackend(name);
  if (factory) registerBackend(name, factory);
}
