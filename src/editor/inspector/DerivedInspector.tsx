import { printType } from '../../compiler/types.ts';
import { reveal } from '../commands/view.ts';
import { editor } from '../store/editor.ts';
import { derivative } from '../store/gradient-names.ts';
import { useCostName, useNode, useRecord, useSession } from '../store/hooks.ts';
import { Formula } from '../widgets/Formula.tsx';
import { Equations } from './Equations.tsx';
import { LiveBlocks } from './LiveBlocks.tsx';
import { Fact, Facts, Section } from './Section.tsx';

/** All about one node that the compiler derived. */
export function DerivedInspector({ id }: { readonly id: string }) {
  const node = useSession((state) => state.derived.nodes.find((derived) => derived.id === id));
  const forward = useNode(node?.of ?? '');
  const record = useRecord(node?.of ?? '');
  const cost = useCostName();
  if (!node) return null;
  const backward = node.role === 'backward';
  return (
    <>
      <Section>
        <h2 className={`font-semibold text-lg ${backward ? 'text-backward' : 'text-update'}`}>{node.title}</h2>
        <p className="text-muted">
          {backward ? 'Derived by the compiler: the gradient of the cost with respect to ' : 'The new value of '}
          <button
            type="button"
            className="min-h-6 underline"
            onClick={() => void reveal.run(editor, { node: node.of })}
          >
            {forward?.name ?? node.of}
          </button>
        </p>
        {backward && record?.doc.gradient && (
          <Formula tex={record.doc.gradient} className="mt-1.5 text-backward text-lg" />
        )}
      </Section>
      <Section title="Type">
        <Facts>
          <Fact label={backward ? 'gradient' : 'new value'}>
            <span className="font-mono text-sm">{node.type ? printType(node.type) : '?'}</span>
          </Fact>
          {cost && forward && (
            <Fact label={backward ? 'called' : 'from'}>
              <span className="font-mono text-backward text-sm">{derivative(cost, forward.name)}</span>
            </Fact>
          )}
        </Facts>
      </Section>
      <LiveBlocks node={node.of} record={record} only={backward ? 'gradient' : 'value'} />
      <Section title="Equations">
        <Equations node={node} />
      </Section>
    </>
  );
}
