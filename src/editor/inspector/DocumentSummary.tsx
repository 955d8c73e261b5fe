import { instanceCount } from '../modules/edits.ts';
import { ModuleForm } from '../modules/ModuleForm.tsx';
import { editor } from '../store/editor.ts';
import { useCostName, useDocumentState, useTraining, useWhole } from '../store/hooks.ts';
import { definitionsAlong } from '../store/sheets.ts';
import { TourOffer } from '../tour/TourOffer.tsx';
import { formatAmount, formatCount } from '../widgets/format.ts';
import { Place } from './Place.tsx';
import { countParameters } from './parameters.ts';
import { Fact, Facts, Section } from './Section.tsx';

/** What the inspector shows while no single node is selected. */
export function DocumentSummary({ selected }: { readonly selected: number }) {
  const name = useDocumentState((state) => state.document.name);
  const description = useDocumentState((state) => state.document.description);
  const nodes = useDocumentState((state) => Object.keys(state.document.graph.nodes).length);
  const wires = useDocumentState((state) => Object.keys(state.document.graph.edges).length);
  const parameters = useDocumentState((state) => countParameters(state.document, editor.registry, state.check));
  const cost = useCostName();
  const training = useTraining();
  const path = useDocumentState((state) => state.path);
  const module = useWhole((state) => definitionsAlong(state.document, path).at(-1));
  const instances = useWhole((state) => (module ? instanceCount(state.document, module.id) : 0));
  return (
    <>
      <TourOffer className="border-b py-2 pr-2 pl-4 max-wide:hidden" />
      {module && selected <= 1 ? (
        <Section title={`The module ${module.name}`} aside={formatAmount(instances, 'instance')}>
          <ModuleForm definition={module} />
        </Section>
      ) : (
        <Section>
          <h2 className="break-words font-semibold text-lg">{selected > 1 ? `${selected} nodes selected` : name}</h2>
          {selected <= 1 && description && <p className="mt-1 text-muted">{description}</p>}
        </Section>
      )}
      {selected > 1 && <Place />}
      <Section title="Graph">
        <Facts>
          <Fact label="nodes">{formatCount(nodes)}</Fact>
          <Fact label="wires">{formatCount(wires)}</Fact>
          <Fact label="parameters">{formatCount(parameters)}</Fact>
          <Fact label="minimizes">{cost ?? 'nothing yet'}</Fact>
        </Facts>
      </Section>
      <Section title="Training">
        <Facts>
          <Fact label="batch">{formatAmount(training.batchSize, 'row')}</Fact>
          <Fact label="epochs">{training.epochs === 0 ? 'until paused' : formatCount(training.epochs)}</Fact>
          <Fact label="order">{training.shuffle ? 'shuffled' : 'as in the data'}</Fact>
          <Fact label="seed">
            <span className="font-mono">{training.seed}</span>
          </Fact>
        </Facts>
      </Section>
      <Section>
        <p className="text-faint">Select a node to see its value, its gradient and its formula.</p>
      </Section>
    </>
  );
}
