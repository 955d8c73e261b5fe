/** 3,021 bytes, 12 kB, 98 MB. */
export function formatBytes(bytes: number): string {
  if (bytes < 10_000) return `${bytes.toLocaleString('en')} bytes`;
  if (bytes < 10_000_000) return `${Math.round(bytes / 1000).toLocaleString('en')} kB`;
  return `${Math.round(bytes / 1_000_000).toLocaleString('en')} MB`;
}
