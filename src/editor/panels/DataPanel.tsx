import type { DocumentNode } from '../../compiler/document.ts';
import { completeAttributes } from '../../compiler/op.ts';
import type { DatasetInfo, RowRange } from '../../compiler/plan.ts';
import { addNode } from '../commands/nodes.ts';
import { reveal } from '../commands/view.ts';
import { addData } from '../data/commands.ts';
import { OwnDatasets } from '../data/OwnDatasets.tsx';
import { Fact, Facts, Section } from '../inspector/Section.tsx';
import { editor } from '../store/editor.ts';
import { useFlatNodes, useWhole } from '../store/hooks.ts';
import { Button } from '../widgets/Button.tsx';
import { formatAmount, formatCount } from '../widgets/format.ts';

/** The data sets of the document, and what its nodes read. */
export function DataPanel() {
  const nodes = useFlatNodes();
  const datasets = useWhole((state) => state.document.graph.datasets);
  const sources = Object.values(nodes).flatMap((node) => {
    const record = editor.registry.get(node.op);
    if (record?.kind !== 'data') return [];
    return [{ node, info: record.dataset?.(completeAttributes(record, node.attributes), datasets) ?? null }];
  });
  const used = new Set(sources.flatMap(({ info }) => info?.name ?? []));
  return (
    <>
      <Section title="Data sets of this drawing">
        <OwnDatasets datasets={datasets} used={used} />
        <Button onClick={() => void addData.run(editor)}>{addData.label}</Button>
      </Section>
      {sources.length === 0 ? (
        <div className="px-4 py-8 text-center text-muted">
          <p className="font-medium text-ink">No data is read</p>
          <p className="mb-3">Every step of this graph computes the same values.</p>
          <Button onClick={() => void addNode.run(editor, { op: 'Data' })}>Add a data node</Button>
        </div>
      ) : (
        <Sources sources={sources} />
      )}
    </>
  );
}

interface Source {
  readonly node: DocumentNode;
  readonly info: DatasetInfo | null;
}

function Sources({ sources }: { readonly sources: readonly Source[] }) {
  return sources.map(({ node, info }) => (
    <Section
      key={node.id}
      title={
        <button
          type="button"
          className="min-h-6 hover:underline"
          title={`Show ${node.name}`}
          onClick={() => void reveal.run(editor, { node: node.id, flat: true })}
        >
          {node.name}
        </button>
      }
      aside={info?.name}
    >
      {info ? <Dataset info={info} /> : <p className="text-error">There is no such data set.</p>}
    </Section>
  ));
}

function Dataset({ info }: { readonly info: DatasetInfo }) {
  const { train, validation, test } = info.splits;
  return (
    <>
      <table className="w-full text-left">
        <thead className="text-faint text-sm">
          <tr>
            <th className="font-normal">column</th>
            <th className="font-normal">of one row</th>
            <th className="text-right font-normal">classes</th>
          </tr>
        </thead>
        <tbody>
          {info.columns.map((column) => (
            <tr key={column.name}>
              <td>{column.name}</td>
              <td className="font-mono text-muted text-sm">
                {column.dtype === 'int32' ? 'i32' : 'f32'}[{column.shape.join(',')}]
              </td>
              <td className="text-right">{column.classes ?? '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Splits info={info} />
      <Facts>
        <Fact label="rows">{formatCount(info.rows)}</Fact>
        <Split label="train" range={train} />
        <Split label="validation" range={validation} />
        {test && <Split label="test" range={test} />}
      </Facts>
    </>
  );
}

function Split({ label, range: [from, to] }: { readonly label: string; readonly range: RowRange }) {
  return (
    <Fact label={label}>
      {formatAmount(to - from, 'row')} <span className="text-faint">from {formatCount(from)}</span>
    </Fact>
  );
}

/** How the rows are shared out, to scale; the figures below say the same. */
function Splits({ info }: { readonly info: DatasetInfo }) {
  const { train, validation, test } = info.splits;
  const parts = [train, validation, ...(test ? [test] : [])];
  return (
    <div aria-hidden="true" className="my-2 flex h-1.5 gap-0.5">
      {parts.map(([from, to], index) => (
        <span
          key={from}
          className="rounded-sm bg-muted"
          style={{ width: `${((to - from) / info.rows) * 100}%`, opacity: 1 - index * 0.35 }}
        />
      ))}
    </div>
  );
}
