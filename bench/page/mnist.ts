/** The app's own copy of MNIST, as gzipped IDX files. */

export interface Mnist {
  /** 784 bytes a row. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

export type ReadBytes = (name: string) => Promise<Uint8Array<ArrayBuffer>>;

export async function loadMnist(read: ReadBytes): Promise<Mnist> {
  const [images, labels] = await Promise.all([
    read('mnist10k-images-idx3-ubyte.gz').then(gunzip),
    read('mnist10k-labels-idx1-ubyte.gz').then(gunzip),
  ]);
  return { images: images.subarray(16), labels: labels.subarray(8) };
}

/** For pages of server.ts. */
export const fetchBytes: ReadBytes = async (name) => {
  const response = await fetch(`/data/${name}`);
  if (!response.ok) throw new Error(`No data set ${name}: ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
};

async function gunzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
