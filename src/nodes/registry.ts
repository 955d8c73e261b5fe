import type { OpRecord, Registry } from '../compiler/op.ts';
import { activationOps } from './activation.ts';
import { arithmeticOps } from './arithmetic.ts';
import { attentionOps } from './attention.ts';
import { axisOps } from './axis.ts';
import { comparisonOps } from './comparison.ts';
import { convolutionOps } from './convolution.ts';
import { dimShuffleOps } from './dim-shuffle.ts';
import { elementwiseOps } from './elementwise.ts';
import { exponentialOps } from './exponential.ts';
import { fillingOps } from './filling.ts';
import { foreignOps } from './foreign.ts';
import { gatingOps } from './gating.ts';
import { gradientOps } from './gradient.ts';
import { gradientFilterOps } from './gradient-filters.ts';
import { indexingOps } from './indexing.ts';
import { linearOps } from './linear.ts';
import { lossOps } from './loss.ts';
import { marginLossOps } from './margin-loss.ts';
import { moduleOps } from './module.ts';
import { normalizationOps } from './normalization.ts';
import { channelNormalizationOps } from './normalization-channels.ts';
import { normOps } from './norms.ts';
import { optimizerOps } from './optimizers.ts';
import { poolingOps } from './pooling.ts';
import { predicateOps } from './predicates.ts';
import { probabilityLossOps } from './probability-loss.ts';
import { randomOps } from './random.ts';
import { recurrentOps } from './recurrent.ts';
import { reductionOps } from './reduction.ts';
import { regressionLossOps } from './regression-loss.ts';
import { remainderOps } from './remainder.ts';
import { resizeOps } from './resize.ts';
import { resultOps } from './results.ts';
import { selectionOps } from './selection.ts';
import { shapeOps } from './shape.ts';
import { similarityOps } from './similarity.ts';
import { softmaxOps } from './softmax.ts';
import { sourceOps } from './sources.ts';
import { trigonometryOps } from './trigonometry.ts';

const families: readonly (readonly OpRecord[])[] = [
  sourceOps,
  linearOps,
  attentionOps,
  activationOps,
  gatingOps,
  softmaxOps,
  normalizationOps,
  channelNormalizationOps,
  convolutionOps,
  poolingOps,
  resizeOps,
  recurrentOps,
  lossOps,
  regressionLossOps,
  probabilityLossOps,
  marginLossOps,
  similarityOps,
  gradientOps,
  gradientFilterOps,
  randomOps,
  optimizerOps,
  resultOps,
  moduleOps,
  arithmeticOps,
  remainderOps,
  elementwiseOps,
  exponentialOps,
  trigonometryOps,
  comparisonOps,
  predicateOps,
  reductionOps,
  normOps,
  axisOps,
  shapeOps,
  dimShuffleOps,
  fillingOps,
  indexingOps,
  selectionOps,
  foreignOps,
];

function build(): Registry {
  const registry = new Map<string, OpRecord>();
  for (const record of families.flat()) {
    if (registry.has(record.name)) throw new Error(`Operator ${record.name} is registered twice`);
    registry.set(record.name, record);
  }
  return registry;
}

/** Every operator of the language, in the order of the palette. */
export const registry: Registry = build();
