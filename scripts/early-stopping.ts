/**
 * Early stopping as the Theano tutorials have it (deeplearning.net, "Getting Started": Early-Stopping), line by line, for
 * tests to compare with. In theirs `patience / 2` divides whole numbers.
 */
export interface TutorialOptions {
  readonly n_train_batches: number;
  readonly n_epochs: number;
  readonly patience: number;
  readonly patience_increase: number;
  readonly improvement_threshold: number;
}

export interface TutorialResult {
  /** Minibatches that were trained on. */
  readonly minibatches: number;
  readonly best_validation_loss: number;
  /** `iter` at which the best parameters were copied; null: never. */
  readonly best_iter: number | null;
  readonly done_looping: boolean;
}

/** `validate(iter)` is the loss on the validation set after the update of that minibatch. */
export function tutorialEarlyStopping(
  { n_train_batches, n_epochs, patience: first_patience, patience_increase, improvement_threshold }: TutorialOptions,
  validate: (iter: number) => number,
): TutorialResult {
  let patience = first_patience;
  const validation_frequency = Math.max(1, Math.min(n_train_batches, Math.floor(patience / 2)));
  let best_iter: number | null = null;
  let best_validation_loss = Number.POSITIVE_INFINITY;
  let minibatches = 0;
  let done_looping = false;
  let epoch = 0;
  while (epoch < n_epochs && !done_looping) {
    epoch = epoch + 1;
    for (let minibatch_index = 0; minibatch_index < n_train_batches; minibatch_index++) {
      minibatches++;
      const iter = (epoch - 1) * n_train_batches + minibatch_index;
      if ((iter + 1) % validation_frequency === 0) {
        const this_validation_loss = validate(iter);
        if (this_validation_loss < best_validation_loss) {
          if (this_validation_loss < best_validation_loss * improvement_threshold) {
            patience = Math.max(patience, iter * patience_increase);
          }
          best_iter = iter;
          best_validation_loss = this_validation_loss;
        }
      }
      if (patience <= iter) {
        done_looping = true;
        break;
      }
    }
  }
  return { minibatches, best_validation_loss, best_iter, done_looping };
}
