import './explain.css';
import { ArrowLeft, ArrowRight, RefreshCw, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useStore } from 'zustand/react';
import type { PortRef } from '../../compiler/document.ts';
import { type Part, partOf } from '../../compiler/questions/pack.ts';
import { Section } from '../inspector/Section.tsx';
import type { Explained } from '../session/questions.ts';
import { editor } from '../store/editor.ts';
import { derivative } from '../store/gradient-names.ts';
import { useFlatNodes, useSession } from '../store/hooks.ts';
import { Button, IconButton } from '../widgets/Button.tsx';
import { Formula } from '../widgets/Formula.tsx';
import { formatCount, formatFigure } from '../widgets/format.ts';
import { ElementField } from './ElementField.tsx';
import { elementName, termsOf } from './elements.ts';
import { chooseBranch, type Explaining, explaining, goToStep, moveStep, stopExplaining } from './explain-store.ts';
import { valueKey } from './paths.ts';
import { type Answer, useExplained } from './use-explained.ts';

const TERMS = 5;

/** Walks the chain rule from the cost to a value, with the numbers that are there. */
export function ExplainPanel() {
  const now = useStore(explaining, (state) => state.now);
  return now ? <Walk now={now} /> : null;
}

function Walk({ now }: { readonly now: Explaining }) {
  const { path, at } = now;
  const nodes = useFlatNodes();
  const [times, setTimes] = useState(0);
  const answer = useExplained(now, times);
  const running = useSession((state) => state.phase === 'running');
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const nameOf = ({ node }: PortRef) => nodes[node]?.name ?? node;
  const [target] = path;
  const cost = path.at(-1);
  if (!target || !cost) return null;
  const steps = path.length - 1;
  const number = steps - at;
  const { explained } = answer;
  return (
    <section aria-label="Explain this gradient" data-step={number}>
      <Section>
        <div className="flex items-start gap-2">
          <div className="min-w-0 flex-1">
            <p className="text-faint text-sm">Explain this gradient</p>
            <h2 ref={heading} tabIndex={-1} className="break-words font-semibold text-backward text-lg outline-none">
              {derivative(nameOf(cost), nameOf(target))}
            </h2>
          </div>
          <IconButton label="Close the explanation" onClick={stopExplaining}>
            <X size={16} />
          </IconButton>
        </div>
        <p className="mt-1 text-muted">
          {explained ? `Numbers of the batch of step ${formatCount(explained.madeSteps)}.` : 'Reading the numbers…'}{' '}
          {running && (
            <button type="button" className="min-h-6 underline" onClick={() => setTimes(times + 1)}>
              <RefreshCw size={12} aria-hidden="true" className="mr-1 inline" />
              Read again
            </button>
          )}
        </p>
        <nav aria-label="Steps" className="mt-2 flex items-center gap-2">
          <Button aria-disabled={number === 1} className="aria-disabled:opacity-45" onClick={() => moveStep(-1)}>
            <ArrowLeft size={14} /> Previous
          </Button>
          <span role="status" className="flex-1 text-center text-muted">
            {number} of {steps}
          </span>
          <Button aria-disabled={number === steps} className="aria-disabled:opacity-45" onClick={() => moveStep(1)}>
            Next <ArrowRight size={14} />
          </Button>
        </nav>
      </Section>
      {answer.problem && (
        <Section>
          <p className="text-error">{answer.problem}</p>
        </Section>
      )}
      <Step now={now} answer={answer} nameOf={nameOf} />
      <Section title="The whole way">
        <ol className="flex flex-col" aria-label="From the cost to the value">
          {path
            .slice(0, -1)
            .map((value, index) => ({ value, index }))
            .reverse()
            .map(({ value, index }) => (
              <li key={valueKey(value)}>
                <button
                  type="button"
                  aria-current={index === at ? 'step' : undefined}
                  className="flex min-h-7 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-panel-2 aria-[current=step]:bg-panel-2 aria-[current=step]:font-medium"
                  onClick={() => goToStep(index)}
                >
                  <span className="w-4 shrink-0 text-right text-faint text-sm">{steps - index}</span>
                  <span className="min-w-0 flex-1 truncate">
                    {derivative(nameOf(cost), nameOf(value))}
                    <span className="text-faint"> through {nameOf(path[index + 1] ?? cost)}</span>
                  </span>
                  <span className="shrink-0 text-sm">{normOf(explained, index)}</span>
                </button>
              </li>
            ))}
        </ol>
        <p className="mt-1 text-faint text-sm">Figures are norms of the gradients.</p>
      </Section>
    </section>
  );
}

function normOf(explained: Explained | null, index: number): string {
  const part = explained?.values[index]?.gradient;
  return explained && part ? formatFigure(partOf(explained.numbers, part)[0]) : '–';
}

interface StepProps {
  readonly now: Explaining;
  readonly answer: Answer;
  readonly nameOf: (value: PortRef) => string;
}

/** One node: the gradient that comes in, its own derivatives, and the gradient that goes out. */
function Step({ now, answer, nameOf }: StepProps) {
  const { path, at } = now;
  const nodes = useFlatNodes();
  const input = path[at];
  const output = path[at + 1];
  const cost = path.at(-1);
  const record = editor.registry.get(nodes[output?.node ?? '']?.op ?? '');
  if (!input || !output || !cost) return null;
  const { explained, element } = answer;
  const value = explained?.values[at];
  const step = explained?.step;
  const outer = derivative(nameOf(cost), nameOf(output));
  const inner = derivative(nameOf(cost), nameOf(input));
  return (
    <>
      <Section
        title={
          <>
            {nameOf(output)} <span className="font-normal text-faint">{record?.name}</span>
          </>
        }
        aside={answer.loading ? 'reading…' : undefined}
      >
        {record?.doc.formula && <Formula tex={record.doc.formula} className="text-forward" />}
        {record?.doc.gradient && <Formula tex={record.doc.gradient} className="text-backward" />}
      </Section>
      {explained && value && step && (
        <Section title="With the numbers that are there">
          <ElementField
            value={input}
            name={nameOf(input)}
            shape={value.shape}
            element={element}
            gradient={numbersOf(explained, step.contribution)}
          />
          <Terms
            explained={explained}
            element={element}
            inputName={nameOf(input)}
            outputName={nameOf(output)}
            inner={inner}
            outer={outer}
          />
        </Section>
      )}
      {explained && value && value.users.length > 1 && (
        <Section title={`${value.users.length} nodes use ${nameOf(input)}`}>
          <p className="text-muted">What they hand back adds up to {inner}. Choose which one to follow.</p>
          <ul className="mt-1 flex flex-col">
            {value.users.map(({ node, contribution }) => (
              <li key={node}>
                <button
                  type="button"
                  aria-pressed={node === output.node}
                  className="flex min-h-7 w-full items-center gap-2 rounded-md px-2 text-left hover:bg-panel-2 aria-pressed:bg-panel-2 aria-pressed:font-medium"
                  onClick={() => chooseBranch(input, node)}
                >
                  <span aria-hidden="true" className="text-faint">
                    +
                  </span>
                  <span className="min-w-0 flex-1 truncate">{nodes[node]?.name ?? node}</span>
                  <span className="text-sm">norm {formatFigure(partOf(explained.numbers, contribution)[0])}</span>
                </button>
              </li>
            ))}
            <li className="flex min-h-7 items-center gap-2 border-t px-2">
              <span aria-hidden="true" className="text-faint">
                =
              </span>
              <span className="min-w-0 flex-1 truncate text-backward">{inner}</span>
              <span className="text-sm">norm {formatFigure(partOf(explained.numbers, value.gradient)[0])}</span>
            </li>
          </ul>
        </Section>
      )}
    </>
  );
}

function numbersOf({ numbers }: Explained, part: Part | null | undefined): Float32Array | null {
  return part ? partOf(numbers, part) : null;
}

interface TermsProps {
  readonly explained: Explained;
  readonly element: number;
  readonly inputName: string;
  readonly outputName: string;
  readonly inner: string;
  readonly outer: string;
}

/** Incoming gradient times local derivative, element by element of the output, and their sum. */
function Terms({ explained, element, inputName, outputName, inner, outer }: TermsProps) {
  const { step, values } = explained;
  if (!step) return null;
  const shape = values.find(({ node, port }) => node === step.output.node && port === step.output.port)?.shape;
  const outputShape = shape ?? step.output.shape;
  const gradient = numbersOf(explained, step.outputGradient);
  const local = numbersOf(explained, step.local);
  const handed = numbersOf(explained, step.contribution)?.[element];
  const total = numbersOf(explained, step.inputGradient)?.[element];
  const x = numbersOf(explained, step.input)?.[element];
  const y = numbersOf(explained, step.outputValue);
  if (!gradient || !local) {
    return (
      <p className="mt-1 text-muted">
        {outputName} has too many elements to list. For this element of {inputName} it hands back{' '}
        {formatFigure(handed, 4)}.
      </p>
    );
  }
  const { terms, others, rest } = termsOf(gradient, local, TERMS);
  const isScalar = outputShape.every((size) => size === 1);
  return (
    <>
      <p className="mt-1 text-muted">
        {inputName} is {formatFigure(x, 4)} there{isScalar && y ? `, ${outputName} is ${formatFigure(y[0], 4)}` : ''}.
      </p>
      <table className="mt-1.5 w-full text-right text-sm">
        <caption className="sr-only">Incoming gradient times local derivative</caption>
        <thead className="text-faint text-xs">
          <tr>
            <th scope="col" className="text-left font-normal">
              {isScalar ? '' : `${outputName} at`}
            </th>
            <th scope="col" className="font-normal">
              incoming ×
            </th>
            <th scope="col" className="font-normal">
              local =
            </th>
            <th scope="col" className="font-normal">
              outgoing
            </th>
          </tr>
        </thead>
        <tbody>
          {terms.map((term) => (
            <tr key={term.element}>
              <th scope="row" className="text-left font-mono font-normal">
                {isScalar ? outputName : elementName(term.element, outputShape)}
              </th>
              <td className="text-backward">{formatFigure(term.gradient)}</td>
              <td className="text-forward">{formatFigure(term.local)}</td>
              <td>{formatFigure(term.product)}</td>
            </tr>
          ))}
          {others > 0 && (
            <tr>
              <th scope="row" colSpan={3} className="text-left font-normal text-muted">
                {formatCount(others)} smaller
              </th>
              <td>{formatFigure(rest)}</td>
            </tr>
          )}
          {terms.length === 0 && (
            <tr>
              <td colSpan={4} className="text-left text-muted">
                No element of {outputName} changes with this one.
              </td>
            </tr>
          )}
        </tbody>
        <tfoot className="border-t">
          <tr>
            <th scope="row" colSpan={3} className="text-left font-medium">
              {total !== undefined && handed !== undefined && total !== handed ? `handed back by ${outputName}` : inner}
            </th>
            <td className="font-medium text-backward">{formatFigure(handed, 4)}</td>
          </tr>
          {total !== undefined && handed !== undefined && total !== handed && (
            <tr>
              <th scope="row" colSpan={3} className="text-left font-medium">
                {inner}, of all
              </th>
              <td className="font-medium text-backward">{formatFigure(total, 4)}</td>
            </tr>
          )}
        </tfoot>
      </table>
      <p className="mt-1 text-faint text-sm">
        incoming: {outer}; local: d{outputName}/d{inputName}
      </p>
    </>
  );
}
