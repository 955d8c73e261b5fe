import { elementwiseRules, randomRules, reductionRules, shapeRules } from './elementwise.ts';
import { neuralRules } from './neural.ts';
import type { Rules } from './rules.ts';

/**
 * Operators as PyTorch has them. What is not here is written in terms of its lowering, whose gradient is the same but at
 * kinks; filters of gradients have to be here, as their lowering does not filter.
 */
export const TORCH: Rules = {
  ...elementwiseRules,
  ...reductionRules,
  ...shapeRules,
  ...randomRules,
  ...neuralRules,
};
