/** Vite puts the file beside the page and gives its address. */
declare module "*.wasm?url" {
  const url: string;
  export default url;
}
