import { useState } from 'react';
import { useStore } from 'zustand/react';
import { useShallow } from 'zustand/react/shallow';
import type { NodeId } from '../../compiler/document.ts';
import { attr } from '../../compiler/op.ts';
import { fitSelection } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import { useDocumentState } from '../store/hooks.ts';
import { AttributeField } from '../widgets/AttributeField.tsx';
import { Button } from '../widgets/Button.tsx';
import { Choice } from '../widgets/Choice.tsx';
import { Formula } from '../widgets/Formula.tsx';
import { Modal } from '../widgets/Modal.tsx';
import { Toggle } from '../widgets/Toggle.tsx';
import { regularizing } from './commands.ts';
import { type Penalty, penalizable, regularize } from './regularize.ts';

const LAMBDA = attr.float(0.001, 'How much the penalty counts; 0.01 and 0.001 are typical', { min: 0 });
const P = attr.float(3, 'The exponent of the norm, at least 1', { min: 1 });

const KINDS: readonly (readonly [Penalty['kind'], label: string, tex: string, text: string])[] = [
  ['l1', 'L1', 'R(\\theta) = \\sum_i |\\theta_i|', 'Makes many weights exactly or nearly zero.'],
  [
    'l2',
    'L2',
    'R(\\theta) = \\sum_i \\theta_i^2',
    'Keeps weights small; with plain gradient descent it is weight decay by 2λ.',
  ],
  ['p', 'p-norm', 'R(\\theta) = \\Bigl(\\sum_i |\\theta_i|^p\\Bigr)^{1/p}', 'Of all chosen weights together.'],
];

export function RegularizeDialog() {
  const open = useStore(regularizing, (state) => state.open);
  return (
    <Modal
      open={open}
      onClose={() => regularizing.setState({ open: false })}
      title="Regularize"
      description="Draws λ·R(θ), a penalty on the size of weights, and adds it to the cost."
    >
      <Form />
    </Modal>
  );
}

function Form() {
  const parameters = useDocumentState(
    useShallow(({ document }) => penalizable(document, editor.registry).map(({ node }) => node)),
  );
  const all = penalizable(editor.document.getState().document, editor.registry);
  const [kind, setKind] = useState<Penalty['kind']>('l2');
  const [p, setP] = useState(3);
  const [lambda, setLambda] = useState(0.001);
  const [changed, setChanged] = useState<ReadonlyMap<NodeId, boolean>>(new Map());
  const weights = all.some(({ isWeight }) => isWeight);
  const isChosen = ({ node, isWeight }: (typeof all)[number]) => changed.get(node.id) ?? (isWeight || !weights);
  const chosen = all.filter(isChosen);
  const [, , tex, text] = KINDS.find(([each]) => each === kind) ?? KINDS[0] ?? ['', '', '', ''];

  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        const penalty: Penalty = kind === 'p' ? { kind, p } : { kind };
        regularize.run(editor, { penalty, lambda, parameters: chosen.map(({ node }) => node.id) });
        regularizing.setState({ open: false });
        void fitSelection.run(editor);
      }}
    >
      <fieldset className="-mx-1 flex gap-1">
        <legend className="sr-only">Penalty</legend>
        {KINDS.map(([each, label]) => (
          <Choice key={each} kind="framed" pressed={kind === each} onClick={() => setKind(each)}>
            {label}
          </Choice>
        ))}
      </fieldset>
      <Formula tex={tex} />
      <p className="text-muted">{text}</p>
      {kind === 'p' && <AttributeField name="p" spec={P} value={p} onCommit={(value) => setP(Number(value))} />}
      <AttributeField name="λ" spec={LAMBDA} value={lambda} onCommit={(value) => setLambda(Number(value))} />
      <fieldset className="mt-1">
        <legend className="text-muted">Parameters that count</legend>
        <ul className="scroll-thin max-h-48 overflow-y-auto">
          {all.map((each) => (
            <li key={each.node.id} className="flex items-center gap-2">
              <Toggle
                id={`penalty-${each.node.id}`}
                checked={isChosen(each)}
                onChange={(checked) => setChanged(new Map([...changed, [each.node.id, checked]]))}
              />
              <label htmlFor={`penalty-${each.node.id}`} className="min-w-0 flex-1 truncate py-1">
                {each.node.name}{' '}
                <span className="font-mono text-faint text-sm">
                  [{each.shape.join(',')}]{each.isWeight ? '' : ' bias'}
                </span>
              </label>
            </li>
          ))}
        </ul>
        {parameters.length === 0 && <p className="text-muted">This sheet has no parameters.</p>}
      </fieldset>
      <div className="flex items-center gap-3">
        <Button type="submit" kind="primary" disabled={chosen.length === 0}>
          Add the penalty
        </Button>
        <p className="min-w-0 flex-1 text-faint text-sm">
          One undo takes it back. λ is a Constant, so a sweep can vary it.
        </p>
      </div>
    </form>
  );
}
