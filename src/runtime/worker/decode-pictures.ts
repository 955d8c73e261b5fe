import type { PictureDecoder } from '../../data/pictures.ts';

/** Pictures as the browser decodes them, away from the page. */
export function browserDecoder(): PictureDecoder {
  let canvas: OffscreenCanvas | null = null;
  const blobOf = (bytes: Uint8Array) => new Blob([bytes as BlobPart]);
  return {
    async sizeOf(bytes) {
      const bitmap = await createImageBitmap(blobOf(bytes));
      const { height, width } = bitmap;
      bitmap.close();
      return { height, width };
    },
    async decode(bytes, height, width) {
      const bitmap = await createImageBitmap(blobOf(bytes), {
        resizeHeight: height,
        resizeWidth: width,
        resizeQuality: 'medium',
        colorSpaceConversion: 'none',
      });
      if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d', { willReadFrequently: true });
      if (!context) throw new Error('The browser cannot draw in a worker.');
      context.clearRect(0, 0, width, height);
      context.drawImage(bitmap, 0, 0);
      bitmap.close();
      return context.getImageData(0, 0, width, height).data;
    },
  };
}
