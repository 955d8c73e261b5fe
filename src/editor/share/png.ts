import type { Picture } from './picture.ts';

/** Pixels of the picture for one of the screen: sharp on paper and dense screens. */
const SCALE = 2;
/** Pixels of a side and of all; browsers draw nothing above. */
const LONGEST_SIDE = 8192;
const LARGEST_AREA = 40_000_000;

export const svgAddress = (svg: string) => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

export function pngScale({ width, height }: Pick<Picture, 'width' | 'height'>): number {
  return Math.min(SCALE, LONGEST_SIDE / Math.max(width, height), Math.sqrt(LARGEST_AREA / (width * height)));
}

/** The picture as a PNG with twice the pixels, or as many as browsers draw. Rejects with a sentence for the user. */
export async function pngOf(picture: Picture): Promise<Blob> {
  const scale = pngScale(picture);
  const image = new Image();
  image.src = svgAddress(picture.svg);
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const context = canvas.getContext('2d');
  context?.drawImage(image, 0, 0, canvas.width, canvas.height);
  const png = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!png) throw new Error('The browser could not draw the picture: download the SVG.');
  return png;
}
