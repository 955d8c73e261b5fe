/** The modules that come with the editor, in the order of the palette. */
import type { LibraryModule } from './define.ts';
import { batchNorm, convBlock, dense, leNetBlock, residualBlock } from './layers.ts';
import { attentionBlock, gruCell } from './sequences.ts';

export const moduleLibrary: readonly LibraryModule[] = [
  dense,
  convBlock,
  leNetBlock,
  residualBlock,
  batchNorm,
  attentionBlock,
  gruCell,
];
