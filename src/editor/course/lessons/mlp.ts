import type { DocumentNode } from '../../../compiler/document.ts';
import { type Facts, tell } from '../facts.ts';
import type { Lesson } from '../lesson.ts';

/** The activation between the points and the scores. */
function hidden(facts: Facts, op: string): DocumentNode | undefined {
  return facts.nodes(op).find(({ id }) => facts.dependsOn(id, 'points') && facts.dependsOn('logits', id));
}

/** The weights that go into a hidden layer. */
function weightsOf(facts: Facts, layer: DocumentNode): DocumentNode | undefined {
  return facts.nodes('Parameter').find(({ id }) => facts.dependsOn(layer.id, id) && facts.type(id)?.shape.length === 2);
}

function learned(facts: Facts, least: number): true | string {
  const { accuracy } = facts.training.metrics;
  if (accuracy !== undefined && accuracy >= least) return true;
  return `Train on until ${least * 100} % of the validation points are told apart. Now it is ${accuracy === undefined ? 'not measured yet' : `${tell(accuracy * 100)} %`}.`;
}

function missing(facts: Facts, op: string): string {
  const [error] = facts.errors;
  if (error !== undefined) return `The compiler says: ${error}.`;
  return `Between points and logits there should be a Gemm with weights of its own, and a ${op} after it.`;
}

export const mlp: Lesson = {
  id: 'mlp',
  title: 'A hidden layer',
  chapter: 'Networks',
  summary: 'A ring around a disc: no line parts them, but a few tanh units bend the plane until one does.',
  checkpoints: [
    {
      id: 'line',
      title: 'A line is not enough',
      say: 'Train to step 300 and read the accuracy in the *Train* tab.',
      check(facts) {
        const { step } = facts.training;
        return step >= 300 || `This is step ${step}. Train on to 300.`;
      },
      answer: () => {},
      deeds: [300],
    },
    {
      id: 'tanh',
      title: 'Insert a tanh layer',
      say: 'Add a `Parameter` of shape `2, 8`, a `Gemm` of `points` and it, and a `Tanh`. Wire the `Tanh` to the input `a` of `logits`, make the shape of `W` `8, 2`, and train to an accuracy of 95 %.',
      check(facts) {
        const layer = hidden(facts, 'Tanh');
        return layer ? learned(facts, 0.95) : missing(facts, 'Tanh');
      },
      answer(pen) {
        pen.add('W1', 'Parameter', {}, { shape: [2, 8] }, [0, 1]);
        pen.add('b1', 'Parameter', {}, { shape: [8], initializer: 'zeros' }, [0, 2]);
        pen.add('lift', 'Gemm', { a: 'points.x', b: 'W1.value', c: 'b1.value' }, {}, [1, 0]);
        pen.add('h', 'Tanh', { x: 'lift.y' }, {}, [2, 0]);
        pen.wire('h.y', 'logits.a');
        pen.set('W', { shape: [8, 2] });
      },
      deeds: [1500],
    },
    {
      id: 'sigmoid',
      title: 'The same with sigmoids',
      say: 'Replace the `Tanh` by a `Sigmoid`, set the `initializer` of its weights to `glorot_uniform_sigmoid`, reset, and train to 95 % again.',
      check(facts) {
        const layer = hidden(facts, 'Sigmoid');
        if (!layer) return missing(facts, 'Sigmoid');
        const weights = weightsOf(facts, layer);
        if (!weights || facts.attribute(weights.id, 'initializer') !== 'glorot_uniform_sigmoid') {
          return `Select ${weights?.name ?? 'the weights of the hidden layer'} and choose glorot_uniform_sigmoid as its initializer.`;
        }
        return learned(facts, 0.95);
      },
      answer(pen) {
        pen.become('h', 'Sigmoid');
        pen.set('W1', { initializer: 'glorot_uniform_sigmoid' });
      },
      deeds: ['reset', 4000],
    },
  ],
};
