import { nativeZlib } from "../formats/native-zlib.js";

/** ISO 3309, as PNG's specification gives it. */
export function crc32(bytes: Uint8Array): number {
  if (nativeZlib?.crc32) return nativeZlib.crc32(bytes);
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) crc = (crcTable[(crc ^ (bytes[i] as number)) & 255] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});
